import type { OpenApiDocument } from '@kilomega/http'
import type { TestRequest } from './open-api.js'

/** The id in every example: no resource has it. */
export const missingId = '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10'

export interface Schema {
  type?: string | string[]
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  enum?: unknown[]
  const?: unknown
  example?: unknown
  default?: unknown
  format?: string
  pattern?: string
  minLength?: number
  minimum?: number
  maxLength?: number
  minProperties?: number
  anyOf?: Schema[]
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: Schema
}

/** One operation of the OpenAPI file, flattened for tests that iterate over all of them. */
export interface Operation {
  name: string
  method: string
  path: string
  access: 'anyone' | 'user' | 'admin'
  parameters: Parameter[]
  /** The schema of its JSON body. */
  body: Schema | undefined
  upload: boolean
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

interface Described {
  'x-access': Operation['access']
  parameters: Parameter[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Operation['responses']
}

export const operationsOf = (document: OpenApiDocument): Operation[] =>
  Object.entries(withoutReferences(document.paths, document) as OpenApiDocument['paths']).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Described>).map(([method, described]) => ({
      name: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      path,
      access: described['x-access'],
      parameters: described.parameters,
      body: described.requestBody?.content['application/json']?.schema,
      upload: described.requestBody?.content['multipart/form-data'] !== undefined,
      responses: described.responses,
    })),
  )

/** None of our schemas is recursive. */
function withoutReferences(value: unknown, document: OpenApiDocument): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutReferences(item, document))
  if (typeof value !== 'object' || value === null) return value
  const { $ref } = value as { $ref?: string }
  if ($ref === undefined) return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutReferences(inner, document)]))
  const { schemas } = document['components'] as { schemas: Record<string, unknown> }
  return withoutReferences(schemas[$ref.replace('#/components/schemas/', '')], document)
}

/** A valid request, without a token. */
export function requestOf({ method, path, parameters, body }: Operation): TestRequest {
  const valueOf = (name: string) => String(exampleOf(parameters.find((parameter) => parameter.name === name)!.schema))
  const query = parameters.filter((parameter) => parameter.in === 'query' && parameter.required).map(({ name }) => `${name}=${valueOf(name)}`)
  const needed = parameters.filter((parameter) => parameter.in === 'header' && parameter.required).map(({ name }) => [name, '"1"'])
  return {
    method,
    path: path.replace(/\{(\w+)\}/g, (_, name: string) => valueOf(name)) + (query.length > 0 ? `?${query.join('&')}` : ''),
    headers: Object.fromEntries(needed) as Record<string, string>,
    ...(body !== undefined && { json: exampleOf(body) }),
  }
}

/** A value that fits a schema: its example, otherwise the smallest one within its limits. Optional fields are left out. */
export function exampleOf(schema: Schema): unknown {
  const { example, const: only, enum: choices, anyOf } = schema
  const given = [example, only, schema.default, choices?.[0]].find((value) => value !== undefined)
  if (given !== undefined) return given
  if (anyOf !== undefined) return exampleOf(anyOf[0]!)
  return byType[[schema.type].flat()[0] ?? 'string']?.(schema)
}

/** Optional parameters have their example in the description. */
export const parameterExampleOf = ({ description = '', schema }: Parameter): unknown =>
  /^For example (.+)/.exec(description)?.[1] ?? wholeExampleOf(schema)

/** Like `exampleOf`, with all optional fields. */
export function wholeExampleOf(schema: Schema): unknown {
  const { properties, items, anyOf, example } = schema
  if (properties !== undefined && example === undefined)
    return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, wholeExampleOf(inner)]))
  if (items !== undefined && example === undefined) return [wholeExampleOf(items)]
  return anyOf === undefined ? exampleOf(schema) : wholeExampleOf(anyOf[0]!)
}

const byType: Record<string, (schema: Schema) => unknown> = {
  object: ({ properties = {}, required = [] }) => Object.fromEntries(required.map((name) => [name, exampleOf(properties[name]!)])),
  array: ({ items }) => [exampleOf(items!)],
  string: ({ minLength = 1 }) => 'x'.repeat(Math.max(1, minLength)),
  integer: ({ minimum = 1 }) => Math.max(1, minimum),
  number: () => 1,
  boolean: () => true,
}
