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

const generators = new WeakMap<z.core.$ZodType, () => string>()

/**
 * A config field whose value is secret. Production has no default for it; elsewhere `generate` makes one at the first start, which is kept under
 * `.kilomega/secrets` (mode 0600).
 */
export function secret(generate: () => string = () => randomBytes(32).toString('base64url')): z.ZodType<Secret, string> {
  const schema = z
    .string()
    .min(16, 'a secret has at least 16 characters')
    .transform((value) => new Secret(value))
  generators.set(schema, generate)
  return schema
}

/** How to make a value of a secret field, also of one that was described or made optional since; nothing where the field is not secret. */
export function generatorOf(schema: z.core.$ZodType): (() => string) | undefined {
  const origin = schema._zod.parent ?? (schema._zod.def as { innerType?: z.core.$ZodType }).innerType
  return generators.get(schema) ?? (origin && generatorOf(origin))
}
