/** JSON Schema as zod writes it; parsed, so any value may occur under a keyword. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface OperationDescription {
  kind: string
  access: string
  /** Milliseconds. */
  timeoutMs: number
  /** `same` if absent. */
  repeat?: string
  input: JsonSchema
  /** Null if the operation returns nothing. */
  output: JsonSchema | null
}

/** The format of docs/ports.json. */
export interface PortsDocument {
  ports: Record<string, Record<string, OperationDescription>>
  events: Record<string, JsonSchema>
}

/** The names in either object, sorted: both versions have to be checked. */
export const namesOf = (...parts: readonly (object | undefined)[]): string[] => [...new Set(parts.flatMap((part) => Object.keys(part ?? {})))].sort()

/** The value under a name, but nothing that every object inherits: a field may be called `valueOf`. */
export const under = <T>(part: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  part !== undefined && Object.hasOwn(part, name) ? part[name] : undefined
