import { z } from 'zod'

/**
 * The same schema, refusing unknown fields at every level. Ports drop what they do not know, so that versions may differ; the edge names it, so
 * that a typing error of a client is not ignored without a word.
 */
export function strict<S extends z.ZodType>(schema: S): S {
  const definition = (schema as unknown as { _zod: { def: Definition } })._zod.def
  const changes = changesOf(definition)
  if (changes === undefined) return schema
  return z.core.clone(schema as never, { ...definition, ...changes } as never, { parent: true }) as unknown as S
}

interface Definition {
  type: string
  shape?: Record<string, z.ZodType>
  catchall?: z.ZodType
  element?: z.ZodType
  innerType?: z.ZodType
  options?: z.ZodType[]
  valueType?: z.ZodType
  in?: z.ZodType
  out?: z.ZodType
}

function changesOf({ type, shape, catchall, element, innerType, options, valueType, in: input }: Definition): Partial<Definition> | undefined {
  if (shape !== undefined) return { shape: strictShape(shape), catchall: catchall ?? z.never() }
  if (element !== undefined && type === 'array') return { element: strict(element) }
  if (innerType !== undefined) return { innerType: strict(innerType) }
  if (options !== undefined) return { options: options.map((option) => strict(option)) }
  if (valueType !== undefined) return { valueType: strict(valueType) }
  if (type === 'pipe' && input !== undefined) return { in: strict(input) }
  return undefined
}

const strictShape = (shape: Record<string, z.ZodType>) => Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, strict(field)]))
