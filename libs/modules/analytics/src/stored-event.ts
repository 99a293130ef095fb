/** One row of the event table. */
export interface StoredEvent {
  id: string
  /** RFC 3339 in UTC with milliseconds. */
  occurredAt: string
  name: string
  visitor: string
  /** JSON, ready for the table. */
  properties: string | null
}

/** A repeat has the same id and the same time. */
export const keyOf = ({ id, occurredAt }: StoredEvent): string => `${id} ${occurredAt}`
