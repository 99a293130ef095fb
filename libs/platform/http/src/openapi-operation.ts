import { isReplayable } from './idempotency/idempotency.js'
import { type Components, inPascalCase } from './openapi-components.js'
import { errorResponses } from './openapi-errors.js'
import { type JsonSchema, jsonSchema } from './openapi-schema.js'
import type { Route } from './route.js'

const bytes = { type: 'string', format: 'binary' }

/** Printable characters; those at its ends are no blanks, which no server gets to see. */
const keyForm = { minLength: 1, maxLength: 255, pattern: '^[!-~]([ -~]*[!-~])?$' }

const requestId = { description: 'Names the request in logs', schema: { type: 'string' } }

const unchanged = { description: 'What the caller has is still so; there is no body' }

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

/** What may be left out is not filled in by pages on which requests are tried: its example would be sent along, and narrow what is found. */
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
    ...(304 in otherStatuses ? [header('If-None-Match', 'ETags of what the caller has; 304 where that is still so', {})] : []),
    ...(isReplayable(route) ? [header('Idempotency-Key', 'A repeat with the same key has the same answer and no further effect', keyForm)] : []),
  ]
}

/** The name of what an operation takes or gives, where its schema has none. */
const nameOf = ({ tag, operation }: Route, what: string): string => inPascalCase(tag) + inPascalCase(operation) + what

function requestBody(route: Route, components: Components) {
  const schema = jsonSchema(route.body!, 'input')
  if (!route.upload) return { required: true, content: { 'application/json': { schema: components.named(schema, nameOf(route, 'Body')) } } }
  const file = { ...bytes, description: 'The bytes' }
  const form = { type: 'object', properties: { file, ...schema.properties }, required: ['file'], additionalProperties: false }
  return { required: true, content: { 'multipart/form-data': { schema: components.named(form, nameOf(route, 'Form')) } } }
}

/** Text is text; all else is bytes. */
const contentOf = (contentType: string) =>
  Object.fromEntries(
    contentType.split(', ').map((type) => [type.split(';', 1)[0]!, { schema: type.startsWith('text/') ? { type: 'string' } : bytes }] as const),
  )

const replayed = { description: 'There, and `true`, when this was answered to an earlier request with this key', schema: { type: 'string' } }

function successes(route: Route, components: Components) {
  const { status, answer, contentType, otherStatuses = {}, headers = {} } = route
  const described = Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }])
  const again = isReplayable(route) ? { 'Idempotency-Replayed': replayed } : {}
  const all = { 'X-Request-Id': requestId, ...again, ...(Object.fromEntries(described) as Record<string, unknown>) }
  const content = (schema?: Route['answer']) => {
    if (schema !== undefined)
      return { content: { 'application/json': { schema: components.named(jsonSchema(schema, 'output'), nameOf(route, 'Answer')) } } }
    return contentType === undefined ? {} : { content: contentOf(contentType) }
  }
  const others = Object.entries(otherStatuses).map(([code, schema]) => [
    code,
    { headers: all, ...(code === '304' ? unchanged : { description: 'An answer too', ...content(schema) }) },
  ])
  return { [status]: { description: 'Done', headers: all, ...content(answer) }, ...Object.fromEntries(others) } as Record<string, unknown>
}
