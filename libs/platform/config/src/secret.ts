import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { z } from 'zod'

/** A value that is never printed: logs, JSON and error messages show stars. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that passes it on. */
  reveal(): string {
    return this.#value
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [inspect.custom](): string {
    return 'Secret(***)'
  }
}

/** How to get a secret that was not set: generate it, or not at all. */
type Generate = () => string | undefined

/** A zod registry: what is registered for a schema also holds for its copies, such as those made by `describe`. */
const generators = z.registry<{ generate: Generate; forProduction: boolean }>()

/**
 * A config field whose value is secret. It has no default in production: `km secrets generate` makes one for it. Elsewhere `generate` makes one at the first
 * start, and it is kept under `.kilomega/secrets` (mode 0600).
 */
export function secret(generate: () => string = () => randomBytes(32).toString('base64url')): z.ZodType<Secret, string> {
  return secretOf(z.string().min(16, 'a secret has at least 16 characters'), { generate, forProduction: true })
}

/** A secret with a value for development, such as the address of a server there. In production it must be set. */
export const secretOutsideProduction = (value: string): z.ZodType<Secret, string> =>
  secretOf(z.string().min(1), { generate: () => value, forProduction: false })

/** A secret that cannot be generated, such as a connection string: it must be set everywhere, as a value or as a file. */
export const givenSecret = (text: z.ZodType<string, string>): z.ZodType<Secret, string> =>
  secretOf(text, { generate: () => undefined, forProduction: false })

function secretOf(text: z.ZodType<string, string>, making: { generate: Generate; forProduction: boolean }): z.ZodType<Secret, string> {
  const schema = text.transform((value) => new Secret(value))
  generators.add(schema, making)
  return schema
}

/** How to generate a value for a secret field, also after `describe` or `optional` was applied; undefined if the field is not secret. */
export const generatorOf = (schema: z.core.$ZodType): Generate | undefined => makingOf(schema)?.generate

/** Whether production needs it and `km secrets generate` can make it. */
export const isMadeForProduction = (schema: z.ZodType): boolean => makingOf(schema)?.forProduction === true && !schema.safeParse(undefined).success

function makingOf(schema: z.core.$ZodType): { generate: Generate; forProduction: boolean } | undefined {
  return generators.get(schema) ?? (schema instanceof z.ZodOptional ? makingOf(schema.unwrap() as z.core.$ZodType) : undefined)
}
