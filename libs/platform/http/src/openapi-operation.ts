import { isReplayable } from './idempotency/idempotency.js'
import { type Components, inPascalCase } from './openapi-components.js'
import { errorResponses } from './openapi-errors.js'
import { type JsonSchema, jsonSchema } from './openapi-schema.js'
import type { Route } from './route.js'

const bytes = { type: 'string', format: 'binary' }

/** Printable characters without blanks at either end: no server gets to see those. */
const keyForm = { minLength: 1, maxLength: 255, pattern: '^[!-~]([ -~]*[!-~])?$' }

const requestId = { description: 'Names the request in logs', schema: { type: 'string' } }

const unchanged = { description: "The caller's copy is still current; there is no body" }

/** One operation of the OpenAPI file. */
export function operationOf(route: Route, components: Components): Record<string, unknown> {
  const { summary, tag, operation, access } = route
  const bearer = { bearer: [] }
  return {
    operationId: `${tag}.${operation}`,
    tags: [tag],
    summary,
    security: access === 'anyone' ? [{}, bearer] : [bearer],
    'x-access': access,
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body !== undefined && { requestBody: requestBody(route, components) }),
    responses: { ...successes(route, components), ...errorResponses(route) },
  }
}

const pathParameters = ({ params }: Route) => parametersIn('path', params === undefined ? {} : jsonSchema(params, 'input'))
const queryParameters = ({ query }: Route) => parametersIn('query', query === undefined ? {} : jsonSchema(query, 'input'))

const parametersIn = (place: 'path' | 'query', { properties = {}, required = [] }: JsonSchema) =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    ...(required.includes(name) ? { schema } : withoutExample(schema)),
    ...(schema['type'] === 'array' && { style: 'form', explode: false }),
  }))

/** Optional parameters have no example: pages for trying out requests would fill it in and send it, which narrows the result. */
function withoutExample({ example, ...schema }: JsonSchema) {
  return { schema, ...(example !== undefined && !('default' in schema) && { description: `For example ${String(example)}` }) }
}

function headerParameters(route: Route) {
  const { conditional, otherStatuses = {} } = route
  const header = (name: string, description: string, schema: JsonSchema, required = false) => ({
    ...{ name, in: 'header', required, description },
    schema: { type: 'string', ...schema },
  })
  return [
    ...(conditional ? [header('If-Match', 'The ETag of the version that was read, several of them, or * for any', { example: '"1"' }, true)] : []),
    ...(304 in otherStatuses ? [header('If-None-Match', "ETags of the caller's copies; 304 if one is still current", {})] : []),
    ...(isReplayable(route) ? [header('Idempotency-Key', 'A repeat with the same key gets the same answer and has no further effect', keyForm)] : []),
  ]
}

/** The name of an input or output of an operation, if its schema has none. */
const nameOf = ({ tag, operation }: Route, what: string): string => inPascalCase(tag) + inPascalCase(operation) + what

function requestBody(route: Route, components: Components) {
  const schema = jsonSchema(route.body!, 'input')
  if (!route.upload) return { required: true, content: { 'application/json': { schema: components.named(schema, nameOf(route, 'Body')) } } }
  const file = { ...bytes, description: 'The bytes' }
  const form = { type: 'object', properties: { file, ...schema.properties }, required: ['file'], additionalProperties: false }
  return { required: true, content: { 'multipart/form-data': { schema: components.named(form, nameOf(route, 'Form')) } } }
}

/** Text is text; everything else is bytes. */
const contentOf = (contentType: string) =>
  Object.fromEntries(
    contentType.split(', ').map((type) => [type.split(';', 1)[0]!, { schema: type.startsWith('text/') ? { type: 'string' } : bytes }] as const),
  )

const replayed = { description: 'Present, and `true`, if this is the answer to an earlier request with this key', schema: { type: 'string' } }

const freshness = {
  description:
    'Present where replicas answer reads. A client that sends it back in the header of the same name never reads older data; browsers do by a cookie',
  schema: { type: 'string' },
}

function successes(route: Route, components: Components) {
  const { status, answer, contentType, otherStatuses = {}, headers = {} } = route
  const described = Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }])
  const again = isReplayable(route) ? { 'Idempotency-Replayed': replayed } : {}
  const wrote = route.method === 'GET' ? {} : { 'Kilomega-Freshness': freshness }
  const all = { 'X-Request-Id': requestId, ...again, ...wrote, ...(Object.fromEntries(described) as Record<string, unknown>) }
  const content = (schema?: Route['answer']) => {
    if (schema !== undefined)
      return { content: { 'application/json': { schema: components.named(jsonSchema(schema, 'output'), nameOf(route, 'Answer')) } } }
    return contentType === undefined ? {} : { content: contentOf(contentType) }
  }
  const others = Object.entries(otherStatuses).map(([code, schema]) => [
    code,
    { headers: all, ...(code === '304' ? unchanged : { description: 'Another answer', ...content(schema) }) },
  ])
  return { [status]: { description: 'Done', headers: all, ...content(answer) }, ...Object.fromEntries(others) } as Record<string, unknown>
}
