import { existsSync } from 'node:fs'
import { join } from 'node:path'
import {
  ConfigError,
  type ConfigProblem,
  type Environment,
  FileSecretStore,
  generatorOf,
  isMadeForProduction,
  loadConfig,
  variableOf,
} from '@kilomega/config'
import type { Type } from '@nestjs/common'
import { bindingsOf, platformSlices } from './loaded-app.js'

/** Secrets for production, each in its own file that only its owner may read. */
export interface MadeSecrets {
  made: string[]
  /** Secrets that already existed and are unchanged. */
  kept: string[]
  /** Settings and their files: `HTTP_CURSOR_SECRET_FILE` and its path. */
  settings: Record<string, string>
  /** Other settings that are still required. */
  missing: ConfigProblem[]
}

/** Generates those secrets that the modules of an application need, and reports the settings that cannot be generated. Imports all its modules. Values are not shown. */
export async function makeSecrets(application: Type, folder: string, environment: Environment): Promise<MadeSecrets> {
  const bindings = bindingsOf(application).filter(({ hasModule }) => hasModule)
  const implementations = await Promise.all(bindings.map((binding) => binding.open()))
  const slices = [...new Set([...platformSlices, ...implementations.flatMap(({ config }) => config)])]
  const store = new FileSecretStore(folder)
  const answer: MadeSecrets = { made: [], kept: [], settings: {}, missing: [] }
  for (const { slice, fields } of slices)
    for (const [field, schema] of Object.entries(fields)) {
      const variable = variableOf(slice, field)
      if (!isMadeForProduction(schema) || environment[variable] || environment[`${variable}_FILE`]) continue
      answer[existsSync(join(folder, variable)) ? 'kept' : 'made'].push(variable)
      store.getOrMake(variable, generatorOf(schema)!)
      answer.settings[`${variable}_FILE`] = join(folder, variable)
    }
  return { ...answer, missing: problemsOf(() => loadConfig(slices, { ...environment, ...answer.settings })) }
}

function problemsOf(load: () => unknown): ConfigProblem[] {
  try {
    load()
    return []
  } catch (error) {
    if (error instanceof ConfigError) return [...error.problems]
    throw error
  }
}
