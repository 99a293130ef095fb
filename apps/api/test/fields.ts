import { type Answer, type Asking, type OpenedApi, operatorToken } from './open-api.js'
import { askingOf, exampleOf, type Operation, operationsOf, type Schema } from './operations.js'

/** One value that callers fill: a parameter of a query or a leaf of a body, in a request that fits otherwise. */
export interface Field {
  /** As errors name it. */
  path: string
  schema: Schema
  /** The request with another value here. */
  with(value: unknown): Asking
}

/** One of an API that runs. */
export interface AskedField extends Field {
  /** Of the operation and in it. */
  name: string
  /** As the operator, on the port that has it. */
  ask(asking: Asking): Promise<Answer>
}

/** Every value that a caller fills, on both ports. */
export function fieldsOfBothPorts(api: OpenedApi): AskedField[] {
  const ports = [
    { url: api.url, document: api.document },
    { url: api.internalUrl, document: api.internalDocument },
  ]
  return ports.flatMap(({ url, document }) =>
    operationsOf(document).flatMap((operation) =>
      fieldsOf(operation).map((field) => ({
        ...field,
        name: `${operation.name} ${field.path}`,
        ask: (asking: Asking) => api.ask({ ...asking, token: operatorToken }, url),
      })),
    ),
  )
}

/** All of an operation. */
export function fieldsOf(operation: Operation): Field[] {
  const inQuery = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => ({ path: name, schema, with: (value: unknown) => withParameter(operation, name, String(value)) }))
  const { body } = operation
  if (body === undefined) return inQuery
  const inBody = leavesOf(body, []).map(({ path, schema }) => ({
    path: path.join('.'),
    schema,
    with: (value: unknown) => ({ ...askingOf(operation), json: withValue(exampleOf(body), body, path, value) }),
  }))
  return [...inQuery, ...inBody]
}

function withParameter(operation: Operation, name: string, value: string): Asking {
  const asking = askingOf(operation)
  const [path, query = ''] = asking.path.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set(name, value)
  return { ...asking, path: `${path}?${parameters.toString()}` }
}

interface Leaf {
  path: string[]
  schema: Schema
}

function leavesOf(schema: Schema, path: string[]): Leaf[] {
  const { properties, items } = presentIn(schema)
  if (properties !== undefined) return Object.entries(properties).flatMap(([name, inner]) => leavesOf(inner, [...path, name]))
  if (items !== undefined) return leavesOf(items, [...path, '0'])
  return [{ path, schema: presentIn(schema) }]
}

/** Of what may be null, the other. */
const presentIn = (schema: Schema): Schema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema

function withValue(whole: unknown, schema: Schema, [name, ...rest]: string[], value: unknown): unknown {
  if (name === undefined) return value
  const { properties, items } = presentIn(schema)
  const inner = properties?.[name] ?? items!
  if (items !== undefined) return [withValue((whole as unknown[] | undefined)?.[0] ?? exampleOf(inner), inner, rest, value)]
  const object = (whole ?? exampleOf(schema)) as Record<string, unknown>
  return { ...object, [name]: withValue(object[name], inner, rest, value) }
}
