import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { ConfigError, type ConfigProblem } from './config-error.js'
import { type AnySlice, variableOf } from './config-slice.js'
import { isInjected } from './injected-variables.js'
import { generatorOf, isMadeForProduction } from './secret.js'
import type { SecretStore } from './secret-store.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** The checked, frozen values of every slice that was loaded. */
export class ConfigValues {
  constructor(private readonly values: ReadonlyMap<AnySlice, object>) {}

  get<S extends AnySlice>(slice: S): InstanceType<S> {
    const found = this.values.get(slice)
    if (found === undefined) throw new Error(`config slice ${slice.slice} was not loaded in this process`)
    return found as InstanceType<S>
  }

  slices(): AnySlice[] {
    return [...this.values.keys()]
  }
}

/** Variables with other meanings that exist in every environment, although they start like ours. */
const foreignVariables = new Set(['HTTP_PROXY', 'HTTP_PROXY_REQUEST_FULLURI'])

/**
 * Reads and checks all slices at once. Throws one `ConfigError` that names every wrong, missing and unknown variable. A variable that starts like a slice but
 * is not one of its fields is unknown, so that a typing error does not go unnoticed. A variable that an orchestrator sets for a service with the name of a
 * slice is not a setting, even if it has the name of one (`HTTP_PORT=tcp://10.0.0.1:80`).
 */
export function loadConfig(slices: readonly AnySlice[], environment: Environment, secrets?: SecretStore): ConfigValues {
  const problems = unknownVariables(slices, environment)
  const values = new Map<AnySlice, object>()
  for (const slice of slices) values.set(slice, Object.freeze(readSlice(slice, environment, { problems, secrets })))
  if (problems.length > 0) throw new ConfigError(problems)
  return new ConfigValues(values)
}

interface Reading {
  problems: ConfigProblem[]
  secrets: SecretStore | undefined
}

function readSlice(slice: AnySlice, environment: Environment, reading: Reading): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [field, schema] of Object.entries(slice.fields)) {
    const variable = variableOf(slice.slice, field)
    const raw = rawValue(variable, schema, environment, reading)
    const result = schema.safeParse(raw)
    if (result.success) values[field] = result.data
    else if (raw === undefined) reading.problems.push({ variable, message: missing(schema, result.error) })
    else reading.problems.push(...result.error.issues.map(({ message }) => ({ variable, message })))
  }
  return values
}

/** What the field is, and how to get a value. A default that is not allowed here explains itself. */
function missing(schema: z.ZodType, { issues }: z.ZodError): string {
  const words = issues.some(({ code }) => code === 'invalid_type') ? 'is not set' : issues.map(({ message }) => message).join('; ')
  return `${words}. ${schema.description}${isMadeForProduction(schema) ? '. To make one: km secrets generate' : ''}`
}

function rawValue(variable: string, schema: z.ZodType, environment: Environment, { problems, secrets }: Reading): string | undefined {
  const given = givenValue(variable, environment)
  const generate = generatorOf(schema)
  if (generate === undefined) return given
  const file = givenValue(`${variable}_FILE`, environment)
  if (file === undefined) return given ?? secrets?.getOrMake(variable, generate)
  if (given === undefined) return readSecret(variable, file, problems)
  problems.push({ variable, message: `is given twice, by ${variable} and by ${variable}_FILE: leave one of them out` })
  return given
}

/** An empty variable counts as not set: a compose file passes an unset variable that way. */
function givenValue(variable: string, environment: Environment): string | undefined {
  const value = environment[variable]
  return value === '' || isInjected(variable, value) ? undefined : value
}

/** A byte order mark and the final line break, as editors add them, are removed. */
function readSecret(variable: string, file: string, problems: ConfigProblem[]): string | undefined {
  try {
    return readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .trimEnd()
  } catch (error) {
    problems.push({ variable: `${variable}_FILE`, message: (error as Error).message })
    return undefined
  }
}

function unknownVariables(slices: readonly AnySlice[], environment: Environment): ConfigProblem[] {
  const known = new Set(foreignVariables)
  for (const { slice, fields } of slices) {
    for (const [field, schema] of Object.entries(fields)) {
      known.add(variableOf(slice, field))
      if (generatorOf(schema) !== undefined) known.add(`${variableOf(slice, field)}_FILE`)
    }
  }
  const prefixes = slices.map(({ slice }) => `${slice}_`)
  return Object.keys(environment)
    .filter(
      (variable) => !known.has(variable) && prefixes.some((prefix) => variable.startsWith(prefix)) && !isInjected(variable, environment[variable]),
    )
    .map((variable) => ({ variable, message: `unknown setting${nearest(variable, known)}` }))
}

function nearest(variable: string, known: ReadonlySet<string>): string {
  const [slice] = variable.split('_')
  const siblings = [...known].filter((name) => name.startsWith(`${slice}_`))
  return siblings.length === 0 ? '' : `; known are ${siblings.sort().join(', ')}`
}
