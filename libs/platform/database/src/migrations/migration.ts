/** One step of a schema: plain, reviewed SQL. A step that has run is never edited: correct it with a further step. */
export interface Migration {
  /** `<yyyymmddhhmm>-<verb-noun>`; steps run in order of name. */
  readonly name: string
  /** Statements without parameters; each names its schema. They run in one transaction with a `lock_timeout` of 2 s. */
  readonly up: readonly string[]
}

/** `export const createPosts = migration('202611240100-create-posts', 'CREATE TABLE content.post (…)', 'CREATE INDEX …')` */
export function migration(name: string, ...up: string[]): Migration {
  if (!/^\d{12}-[a-z0-9-]+$/.test(name)) throw new Error(`migration ${name}: a name is <yyyymmddhhmm>-<verb-noun>`)
  return Object.freeze({ name, up })
}
