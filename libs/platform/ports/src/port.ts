import { z } from 'zod'
import { schemaInText } from './json-text.js'
import type { Operation } from './operation.js'

export type Operations = Readonly<Record<string, Operation>>

/** The methods of a port, as callers see them and as its service implements them. */
export type PortShape<Ops extends Operations> = {
  [Name in keyof Ops]: (input: z.output<Ops[Name]['input']>) => Promise<Ops[Name] extends Operation<z.ZodType, infer O> ? z.output<O> : void>
}

export interface PortDescription<Ops extends Operations = Operations> {
  readonly portName: string
  readonly operations: Ops
}

/** A port: TypeScript type, injection token and runtime schema in one. */
export type Port<Ops extends Operations = Operations> = PortDescription<Ops> & (abstract new () => PortShape<Ops>)

/** Any port, for code that does not depend on its operations. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a class of any instance type
export type AnyPort = PortDescription & (abstract new () => any)

/**
 * Creates the class that a port extends: `abstract class SearchPort extends port('search', { find: query({ … }) }) {}`. Throws while modules
 * load if a schema cannot cross a wire (Date, Map, bigint, a transformation), because the port could then not move to another process.
 */
export function port<const Ops extends Operations>(portName: string, operations: Ops): Port<Ops> {
  if (!/^[a-z][a-z-]*$/.test(portName)) throw new Error(`port ${portName}: a name is lower case letters and dashes`)
  for (const [name, operation] of Object.entries(operations)) describe(portName, name, operation)
  abstract class DescribedPort {
    static readonly portName = portName
    static readonly operations = Object.freeze(operations)
  }
  return DescribedPort as unknown as Port<Ops>
}

/** JSON Schema of a wire value. Throws if JSON cannot represent the value. */
export function wireSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schemaInText(schema) ?? schema, { unrepresentable: 'throw', io: 'output' })
  return jsonSchema
}

function describe(portName: string, name: string, { input, output }: Operation): void {
  try {
    wireSchema(input)
    if (output !== undefined) wireSchema(output)
  } catch (cause) {
    throw new Error(`port ${portName}: ${name} has a schema that cannot cross a wire: ${(cause as Error).message}`, { cause })
  }
}
