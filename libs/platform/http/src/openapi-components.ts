import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from './openapi-schema.js'

/** The keywords under which a schema contains other schemas. */
const inner = { one: ['items', 'additionalProperties', 'propertyNames'], many: ['anyOf', 'oneOf', 'allOf'] } as const

/**
 * The named schemas of the OpenAPI file: every object has a name, so that a generated client has one class for it instead of one for each place of use. The
 * name is the `title` of the schema, or else derived from the place.
 */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {}

  /** The schema, by reference if it is an object or has a title, with all schemas inside. */
  named({ title, 'x-example': moment, ...schema }: JsonSchema, place: string): JsonSchema {
    // A time that is accepted only for a while needs an example of today.
    if (moment === 'now') schema['example'] = new Date().toISOString()
    const whole = this.withInner(schema, typeof title === 'string' ? title : place)
    if (typeof title === 'string') return this.reference(title, whole)
    return schema.properties === undefined ? whole : this.reference(place, whole)
  }

  private withInner(schema: JsonSchema, name: string): JsonSchema {
    const changed: JsonSchema = { ...schema }
    for (const keyword of inner.one) if (isSchema(schema[keyword])) changed[keyword] = this.named(schema[keyword], `${name}Item`)
    for (const keyword of inner.many)
      if (Array.isArray(schema[keyword])) changed[keyword] = (schema[keyword] as JsonSchema[]).map((one) => this.named(one, name))
    if (schema.properties === undefined) return changed
    const properties = Object.entries(schema.properties).map(([field, one]) => [field, this.named(one, name + inPascalCase(field))] as const)
    return { ...changed, properties: Object.fromEntries(properties) }
  }

  /** An input schema may be stricter than the output schema of the same name. */
  private reference(name: string, schema: JsonSchema): JsonSchema {
    const found = [name, `${name}Input`].find((one) => this.schemas[one] === undefined || isDeepStrictEqual(this.schemas[one], schema))
    if (found === undefined) throw new Error(`three different schemas of the OpenAPI file are named ${name}`)
    this.schemas[found] = schema
    return { $ref: `#/components/schemas/${found}` }
  }
}

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null

export const inPascalCase = (text: string): string =>
  text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')
