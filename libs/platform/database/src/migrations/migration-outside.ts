import { type OutsideStep, stepName } from './migration.js'
import { parseOutside } from './outside-statement.js'

/**
 * A step outside of a transaction, for what must not hold up writers of a big table. One statement: what is recorded as done is then what was done.
 * `export const indexTitle = migrationOutside('202612010100-index-post-title', 'CREATE INDEX CONCURRENTLY post_title ON content.post (title)')`
 *
 * A killed process goes on when it migrates again: an index that was left half built is dropped and built again.
 */
export function migrationOutside(name: string, statement: string): OutsideStep {
  return Object.freeze({ kind: 'outside', name: stepName(name), up: [statement], statement: parseOutside(name, statement) })
}
