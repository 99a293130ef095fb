import { type JsonSchema, under } from './ports-document.js'

/** The fields of an object: those with a schema of their own, and those that are only required, as the keys of a record over an enum are. */
export class ObjectFields {
  private readonly properties: Readonly<Record<string, JsonSchema>>
  private readonly required: ReadonlySet<string>
  /** What fields without a schema of their own hold; nothing where there are no others. */
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

  /** Whether whoever leaves it out is refused: a field with a default is filled in by the one who reads. */
  requires(name: string): boolean {
    return this.required.has(name) && !('default' in (this.schemaOf(name) ?? {}))
  }
}

function othersIn(additionalProperties: unknown): JsonSchema | undefined {
  if (additionalProperties === false) return undefined
  return additionalProperties === undefined || additionalProperties === true ? {} : (additionalProperties as JsonSchema)
}
