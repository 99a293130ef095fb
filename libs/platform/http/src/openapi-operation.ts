import { isReplayable } from './idempotency/idempotency.js'
import { errorResponses } from './openapi-errors.js'
import { type JsonSchema, jsonSchema } from './openapi-schema.js'
import type { Route } from './route.js'

const requestId = { description: 'Names the request in logs', schema: { type: 'string' } }

const unchanged = { description: 'What the caller has is still so; there is no body' }

/** One operation of the OpenAPI file. */
export function operationOf(route: Route): Record<string, unknown> {
  const { summary, tag, operation, access } = route
  const bearer = { bearer: [] }
  return {
    operationId: `${tag}.${operation}`,
    tags: [tag],
    summary,
    security: access === 'anyone' ? [{}, bearer] : [bearer],
    'x-access': access,
    parameters: [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)],
    ...(route.body !== undefined && { requestBody: requestBody(route) }),
    responses: { ...successes(route), ...errorResponses(route) },
  }
}

const pathParameters = ({ params }: Route) => parametersIn('path', params === undefined ? {} : jsonSchema(params, 'input'))
const queryParameters = ({ query }: Route) => parametersIn('query', query === undefined ? {} : jsonSchema(query, 'input'))

const parametersIn = (place: 'path' | 'query', { properties = {}, required = [] }: JsonSchema) =>
  Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
    ...(schema['type'] === 'array' && { style: 'form', explode: false }),
  }))

function headerParameters(route: Route) {
  const { conditional, otherStatuses = {} } = route
  const header = (name: string, description: string, required: boolean) => ({ name, in: 'header', required, description, schema: { type: 'string' } })
  return [
    ...(conditional ? [header('If-Match', 'The ETag of the version that was read', true)] : []),
    ...(304 in otherStatuses ? [header('If-None-Match', 'ETags of what the caller has; 304 where that is still so', false)] : []),
    ...(isReplayable(route) ? [header('Idempotency-Key', 'A repeat with the same key has the same answer and no further effect', false)] : []),
  ]
}

function requestBody({ body, upload }: Route) {
  const schema = jsonSchema(body!, 'input')
  if (!upload) return { required: true, content: { 'application/json': { schema } } }
  const file = { type: 'string', format: 'binary', description: 'The bytes' }
  const form = { type: 'object', properties: { file, ...schema.properties }, required: ['file'] }
  return { required: true, content: { 'multipart/form-data': { schema: form } } }
}

const replayed = { description: 'There, and `true`, when this was answered to an earlier request with this key', schema: { type: 'string' } }

function successes(route: Route) {
  const { status, answer, contentType, otherStatuses = {}, headers = {} } = route
  const described = Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }])
  const again = isReplayable(route) ? { 'Idempotency-Replayed': replayed } : {}
  const all = { 'X-Request-Id': requestId, ...again, ...(Object.fromEntries(described) as Record<string, unknown>) }
  const content = (schema?: Route['answer']) => {
    if (schema !== undefined) return { content: { 'application/json': { schema: jsonSchema(schema, 'output') } } }
    return contentType === undefined ? {} : { content: { [contentType.split(';', 1)[0]!]: { schema: { type: 'string' } } } }
  }
  const others = Object.entries(otherStatuses).map(([code, schema]) => [
    code,
    { headers: all, ...(code === '304' ? unchanged : { description: 'An answer too', ...content(schema) }) },
  ])
  return { [status]: { description: 'Done', headers: all, ...content(answer) }, ...Object.fromEntries(others) } as Record<string, unknown>
}
