import type { z } from 'zod'

type ZodDefinition =
  | z.core.$ZodObjectDef
  | z.core.$ZodArrayDef
  | z.core.$ZodUnionDef
  | z.core.$ZodRecordDef
  | z.core.$ZodMapDef
  | z.core.$ZodPipeDef
  | z.core.$ZodNumberDef
  | z.core.$ZodBooleanDef
  | z.core.$ZodNeverDef
  | z.core.$ZodStringDef

type Wrapper = 'optional' | 'nullable' | 'default' | 'prefault' | 'nonoptional' | 'catch' | 'readonly' | 'success' | 'promise'

/** One schema around another. */
interface WrapperDefinition extends z.core.$ZodTypeDef {
  type: Wrapper
  innerType: z.core.$ZodType
}

export type Definition = ZodDefinition | WrapperDefinition

/**
 * What a schema was made of: `.def`, which zod gives to libraries that look into schemas (https://zod.dev/packages/core). Of kinds that are not
 * listed here `type` is all that may be read.
 */
export const definitionOf = (schema: z.core.$ZodType): Definition => (schema as z.ZodType).def as Definition

const wrappers: ReadonlySet<string> = new Set<Wrapper>([
  'optional',
  'nullable',
  'default',
  'prefault',
  'nonoptional',
  'catch',
  'readonly',
  'success',
  'promise',
])

export const isWrapper = (definition: Definition): definition is WrapperDefinition => wrappers.has(definition.type)
