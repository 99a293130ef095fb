import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { z } from 'zod'

/** A value that never prints: logs, JSON and error texts show stars. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself, for the one place that hands it on. */
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

/** How a secret comes to be where nobody gave it: made up, or not at all. */
type Generate = () => string | undefined

/** A registry of zod: what is said of a schema holds for its copies too, such as those that `describe` makes. */
const generators = z.registry<{ generate: Generate; forProduction: boolean }>()

/**
 * A config field whose value is secret. Production has no default for it: `km secrets generate` makes one there. Elsewhere `generate` makes one at the
 * first start, which is kept under `.kilomega/secrets` (mode 0600).
 */
export function secret(generate: () => string = () => randomBytes(32).toString('base64url')): z.ZodType<Secret, string> {
  return secretOf(z.string().min(16, 'a secret has at least 16 characters'), { generate, forProduction: true })
}

/** A secret with a value for development, such as the address of a server there. In production it has to be given. */
export const secretOutsideProduction = (value: string): z.ZodType<Secret, string> =>
  secretOf(z.string().min(1), { generate: () => value, forProduction: false })

/** A secret that nobody can make up, such as a connection string: it has to be given everywhere, as a value or as a file. */
export const givenSecret = (text: z.ZodType<string, string>): z.ZodType<Secret, string> =>
  secretOf(text, { generate: () => undefined, forProduction: false })

function secretOf(text: z.ZodType<string, string>, making: { generate: Generate; forProduction: boolean }): z.ZodType<Secret, string> {
  const schema = text.transform((value) => new Secret(value))
  generators.add(schema, making)
  return schema
}

/** How to make a value of a secret field, also of one that was described or made optional since; nothing where the field is not secret. */
export const generatorOf = (schema: z.core.$ZodType): Generate | undefined => makingOf(schema)?.generate

/** Whether production needs it and `km secrets generate` can make it. */
export const isMadeForProduction = (schema: z.ZodType): boolean => makingOf(schema)?.forProduction === true && !schema.safeParse(undefined).success

function makingOf(schema: z.core.$ZodType): { generate: Generate; forProduction: boolean } | undefined {
  return generators.get(schema) ?? (schema instanceof z.ZodOptional ? makingOf(schema.unwrap() as z.core.$ZodType) : undefined)
}
