import { z } from 'zod'
import { type Definition, definitionOf, isWrapper } from './schema-definition.js'

/**
 * The same schema, but refusing unknown fields at every level. Ports drop fields they do not know, so that versions may differ; the edge reports them, so
 * that a client's typing error does not go unnoticed.
 */
export function strict<S extends z.ZodType>(schema: S): S {
  const definition = definitionOf(schema)
  const changes = changesOf(definition)
  return changes === undefined ? schema : schema.clone({ ...definition, ...changes } as S['def'], { parent: true })
}

function changesOf(definition: Definition): object | undefined {
  if (isWrapper(definition)) return { innerType: strictPart(definition.innerType) }
  switch (definition.type) {
    case 'object':
      return { shape: strictShape(definition.shape), catchall: definition.catchall ?? z.never() }
    case 'array':
      return { element: strictPart(definition.element) }
    case 'union':
      return { options: definition.options.map((option) => strictPart(option as z.core.$ZodType)) }
    case 'record':
    case 'map':
      return { valueType: strictPart(definition.valueType as z.core.$ZodType) }
    case 'pipe':
      return { in: strictPart(definition.in) }
    default:
      return undefined
  }
}

const strictPart = (schema: z.core.$ZodType): z.ZodType => strict(schema as z.ZodType)

const strictShape = (shape: z.core.$ZodShape) =>
  Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, strictPart(field as z.core.$ZodType)]))
