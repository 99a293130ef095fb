import { type Answer, type TestRequest, type OpenedApi, operatorToken } from './open-api.js'
import { requestOf, exampleOf, type Operation, operationsOf, type Schema } from './operations.js'

/** One value that callers supply: a query parameter or a leaf of a body, in an otherwise valid request. */
export interface Field {
  /** As errors name it. */
  path: string
  schema: Schema
  /** The request with another value for this field. */
  with(value: unknown): TestRequest
}

/** A field of a running API. */
export interface AskedField extends Field {
  /** The operation and the path in it. */
  name: string
  /** Asks as the operator, on the port that serves the operation. */
  ask(request: TestRequest): Promise<Answer>
}

/** Every value that callers supply, on both ports. */
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
        ask: (request: TestRequest) => api.ask({ ...request, token: operatorToken }, url),
      })),
    ),
  )
}

/** All fields of an operation. */
export function fieldsOf(operation: Operation): Field[] {
  const inQuery = operation.parameters
    .filter((parameter) => parameter.in === 'query')
    .map(({ name, schema }) => ({ path: name, schema, with: (value: unknown) => withParameter(operation, name, String(value)) }))
  const { body } = operation
  if (body === undefined) return inQuery
  const inBody = leavesOf(body, []).map(({ path, schema }) => ({
    path: path.join('.'),
    schema,
    with: (value: unknown) => ({ ...requestOf(operation), json: withValue(exampleOf(body), body, path, value) }),
  }))
  return [...inQuery, ...inBody]
}

function withParameter(operation: Operation, name: string, value: string): TestRequest {
  const request = requestOf(operation)
  const [path, query = ''] = request.path.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set(name, value)
  return { ...request, path: `${path}?${parameters.toString()}` }
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

/** For a nullable schema, the alternative to null. */
const presentIn = (schema: Schema): Schema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema

function withValue(whole: unknown, schema: Schema, [name, ...rest]: string[], value: unknown): unknown {
  if (name === undefined) return value
  const { properties, items } = presentIn(schema)
  const inner = properties?.[name] ?? items!
  if (items !== undefined) return [withValue((whole as unknown[] | undefined)?.[0] ?? exampleOf(inner), inner, rest, value)]
  const object = (whole ?? exampleOf(schema)) as Record<string, unknown>
  return { ...object, [name]: withValue(object[name], inner, rest, value) }
}
