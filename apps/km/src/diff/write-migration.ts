import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../failure.js'
import { constantOf } from './migration-text.js'

/** Writes the file to the folder of the module's migrations, and returns what is left to do. Never overwrites one. */
export function writeMigration(repository: string, module: string, { name, text }: { name: string; text: string }): string {
  const source = join('libs/modules', module, 'src')
  const folder = join(source, 'tables/migrations')
  if (!existsSync(join(repository, folder))) throw new Failure(`There is no folder ${folder}: make it, or leave --write out`)
  const file = join(folder, `${name}.ts`)
  if (existsSync(join(repository, file))) throw new Failure(`${file} is there already: remove it, or choose another --name`)
  writeFileSync(join(repository, file), text, { flag: 'wx' })
  return `${file} is written. Review it, add ${constantOf(name)} to the migrations in ${source}/index.ts, and run npx km db migrate`
}
