import type { z } from 'zod'

/** A schema that wraps another. */
type WrapperDefinition =
  | z.core.$ZodOptionalDef
  | z.core.$ZodNullableDef
  | z.core.$ZodDefaultDef
  | z.core.$ZodPrefaultDef
  | z.core.$ZodNonOptionalDef
  | z.core.$ZodCatchDef
  | z.core.$ZodReadonlyDef

export type Definition =
  | WrapperDefinition
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

/**
 * The definition of a schema: `.def`, which zod exposes to libraries that inspect schemas (https://zod.dev/packages/core). For kinds that are not listed
 * here, only `type` may be read.
 */
export const definitionOf = (schema: z.core.$ZodType): Definition => (schema as z.ZodType).def as Definition

const wrappers: ReadonlySet<string> = new Set<WrapperDefinition['type']>([
  'optional',
  'nullable',
  'default',
  'prefault',
  'nonoptional',
  'catch',
  'readonly',
])

export const isWrapper = (definition: Definition): definition is WrapperDefinition => wrappers.has(definition.type)
