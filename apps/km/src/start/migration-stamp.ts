import { createHash } from 'node:crypto'
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './paths.js'

/** Every file that decides the schema of a migrated database and its registered subscribers and kinds of jobs; the lock file stands for the queue's own tables. */
const inputs = ['libs/modules/*/dist/**/*.js', 'libs/platform/*/dist/**/*migration*.js', 'package-lock.json']

/**
 * Records in a database's folder which migrations it has, so that a start without new ones is seconds faster. If the record is wrong, the API itself
 * refuses a database with another schema.
 */
export class MigrationStamp {
  private readonly file: string
  private readonly fingerprint: string

  constructor(databaseFolder: string) {
    this.file = join(databaseFolder, 'migrated')
    const hash = createHash('sha256')
    for (const path of globSync(inputs, { cwd: root }).sort()) hash.update(path).update(readFileSync(join(root, path)))
    this.fingerprint = hash.digest('hex')
  }

  isCurrent(): boolean {
    try {
      return readFileSync(this.file, 'utf8') === this.fingerprint
    } catch {
      return false
    }
  }

  set(): void {
    writeFileSync(this.file, this.fingerprint)
  }
}
