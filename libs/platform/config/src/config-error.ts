export interface ConfigProblem {
  variable: string
  message: string
}

/** Every problem of a configuration, one per line. Values are not shown: one of them may be a secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(readonly problems: readonly ConfigProblem[]) {
    super(['The configuration is not valid:', ...problems.map(({ variable, message }) => `  ${variable}: ${message}`)].join('\n'))
  }
}
