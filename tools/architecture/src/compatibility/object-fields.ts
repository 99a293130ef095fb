import { type JsonSchema, under } from './ports-document.js'

/** The fields of an object: those with their own schema, and those that are only listed as required, such as the keys of a record over an enum. */
export class ObjectFields {
  private readonly properties: Readonly<Record<string, JsonSchema>>
  private readonly required: ReadonlySet<string>
  /** The schema of all other fields; undefined if there are none. */
  readonly others: JsonSchema | undefined

  constructor(schema: JsonSchema) {
    this.properties = (schema.properties ?? {}) as Record<string, JsonSchema>
    this.required = new Set((schema.required ?? []) as string[])
    this.others = othersIn(schema.additionalProperties)
  }

  get names(): string[] {
    return [...new Set([...Object.keys(this.properties), ...this.required])]
  }

  schemaOf(name: string): JsonSchema | undefined {
    return under(this.properties, name) ?? this.others
  }

  /** Whether a value without it is refused: the reader fills in a field that has a default. */
  requires(name: string): boolean {
    return this.required.has(name) && !('default' in (this.schemaOf(name) ?? {}))
  }
}

function othersIn(additionalProperties: unknown): JsonSchema | undefined {
  if (additionalProperties === false) return undefined
  return additionalProperties === undefined || additionalProperties === true ? {} : (additionalProperties as JsonSchema)
}
