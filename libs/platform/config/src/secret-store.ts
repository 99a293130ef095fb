import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Keeps the values that `secret` fields generate outside production. */
export abstract class SecretStore {
  abstract getOrMake(variable: string, generate: () => string | undefined): string | undefined
}

/** One file per secret, mode 0600, in a folder of mode 0700. Two processes that start at once agree: the first to create the file wins. */
export class FileSecretStore extends SecretStore {
  constructor(private readonly folder: string) {
    super()
  }

  getOrMake(variable: string, generate: () => string | undefined): string | undefined {
    const value = generate()
    if (value === undefined) return undefined
    const path = join(this.folder, variable)
    // Only this folder is closed to others: beside it are files that the accounts of servers must reach.
    mkdirSync(dirname(this.folder), { recursive: true })
    mkdirSync(this.folder, { recursive: true, mode: 0o700 })
    try {
      writeFileSync(path, value, { mode: 0o600, flag: 'wx' })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    return readFileSync(path, 'utf8')
  }
}

/** For tests: lost when the process ends. */
export class MemorySecretStore extends SecretStore {
  private readonly values: Map<string, string>

  /** With what another store has made, where several processes are to have the same. */
  constructor(made: Readonly<Record<string, string>> = {}) {
    super()
    this.values = new Map(Object.entries(made))
  }

  all(): Record<string, string> {
    return Object.fromEntries(this.values)
  }

  getOrMake(variable: string, generate: () => string | undefined): string | undefined {
    const value = this.values.get(variable) ?? generate()
    if (value !== undefined) this.values.set(variable, value)
    return value
  }
}
