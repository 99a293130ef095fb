import { isDeepStrictEqual } from 'node:util'
import type { JsonSchema } from './openapi-schema.js'

/** Schemas within a schema, by the keyword under which they stand. */
const inner = { one: ['items', 'additionalProperties', 'propertyNames'], many: ['anyOf', 'oneOf', 'allOf'] } as const

/**
 * The schemas of the OpenAPI file by name: every object has one, so that a generated client has one class for it and not one for each place in which it
 * stands. The name is the `title` that the schema was given, else it comes from the place.
 */
export class Components {
  readonly schemas: Record<string, JsonSchema> = {}

  /** The schema by reference where it is an object or has a title, with all that stands in it. */
  named({ title, 'x-example': moment, ...schema }: JsonSchema, place: string): JsonSchema {
    // A time that is taken for a while only has an example of today.
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

  /** What is sent may be stricter than what is answered under the same name. */
  private reference(name: string, schema: JsonSchema): JsonSchema {
    const found = [name, `${name}Input`].find((one) => this.schemas[one] === undefined || isDeepStrictEqual(this.schemas[one], schema))
    if (found === undefined) throw new Error(`three schemas of the OpenAPI file are called ${name}`)
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
