import { type Environment } from './load-config.js'

export type Stage = 'development' | 'test' | 'production'

/** The only place that reads `process.env`. */
export const processEnvironment = (): Environment => process.env

/** Where this process runs, from `NODE_ENV`; development by default. */
export function stage(environment: Environment = processEnvironment()): Stage {
  const name = environment['NODE_ENV'] ?? 'development'
  if (name === 'development' || name === 'test' || name === 'production') return name
  throw new Error(`NODE_ENV: ${name} is not one of development, test, production`)
}
