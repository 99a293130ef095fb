import type { z } from 'zod'

export type Fields = Readonly<Record<string, z.ZodType>>

export interface SliceDescription<F extends Fields = Fields> {
  readonly slice: string
  readonly fields: F
}

export type SliceValues<F extends Fields> = { readonly [Name in keyof F]: z.output<F[Name]> }

/** A configuration slice: TypeScript type, injection token and runtime schema in one. */
export type ConfigSlice<F extends Fields = Fields> = SliceDescription<F> & (abstract new () => SliceValues<F>)

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class of any instance type
export type AnySlice = SliceDescription & (abstract new () => any)

/**
 * Creates the base class of a slice, beside the code that reads it:
 * `abstract class SearchConfig extends config('SEARCH', { engine: z.enum(['postgres']).default('postgres').describe('…') }) {}`.
 * The environment variable of a field is `<SLICE>_<FIELD>`; for a secret, `<SLICE>_<FIELD>_FILE` may name a file instead.
 */
export function config<const F extends Fields>(slice: string, fields: F): ConfigSlice<F> {
  if (!/^[A-Z][A-Z0-9]*$/.test(slice)) throw new Error(`config slice ${slice} is not one upper case word`)
  for (const [name, schema] of Object.entries(fields)) {
    if (!schema.description) throw new Error(`config field ${slice}.${name} has no description`)
  }
  abstract class Slice {
    static readonly slice = slice
    static readonly fields = Object.freeze(fields)
  }
  return Slice as unknown as ConfigSlice<F>
}

/** `publicUrl` of slice `HTTP` is `HTTP_PUBLIC_URL`. */
export const variableOf = (slice: string, field: string): string => `${slice}_${field.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase()}`
