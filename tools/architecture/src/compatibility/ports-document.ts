/** JSON Schema as zod writes it; parsed, so that anything may stand under a keyword. */
export type JsonSchema = Readonly<Record<string, unknown>>

export interface OperationDescription {
  kind: string
  access: string
  /** Milliseconds. */
  timeoutMs: number
  /** `same` where it is not there. */
  repeat?: string
  input: JsonSchema
  /** Null where the operation answers nothing. */
  output: JsonSchema | null
}

/** The form of docs/ports.json. */
export interface PortsDocument {
  ports: Record<string, Record<string, OperationDescription>>
  events: Record<string, JsonSchema>
}

/** The names of either, sorted: both versions have to be gone through. */
export const namesOf = (...parts: readonly (object | undefined)[]): string[] => [...new Set(parts.flatMap((part) => Object.keys(part ?? {})))].sort()

/** What stands under a name, and nothing of what every object inherits: a field may be called `valueOf`. */
export const under = <T>(part: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  part !== undefined && Object.hasOwn(part, name) ? part[name] : undefined
