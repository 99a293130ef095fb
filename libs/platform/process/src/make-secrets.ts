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

/** Secrets of production, each a file of its own that its owner alone may read. */
export interface MadeSecrets {
  made: string[]
  /** Were there, and are as they were. */
  kept: string[]
  /** Setting and file: `HTTP_CURSOR_SECRET_FILE` and where it lies. */
  settings: Record<string, string>
  /** What else has to be set. */
  missing: ConfigProblem[]
}

/** Makes what can be made of the settings that the modules of an application need, and says what cannot. Imports all of its modules; values are not shown. */
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
