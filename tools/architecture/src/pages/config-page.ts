import { type AnySlice, generatorOf, variableOf } from '@kilomega/config'
import { z } from 'zod'
import type { LoadedSystem } from './loaded-system.js'
import { markdownTable, page } from './markdown.js'

interface Setting {
  variable: string
  values: string
  otherwise: string
  secret: boolean
  description: string
}

/** Every environment variable, by slice. */
export function configPage({ slices }: LoadedSystem): string {
  const tables = slices.map((slice) => {
    const rows = settingsOf(slice).map(({ variable, values, otherwise, description }) => [`\`${variable}\``, values, otherwise, description])
    return `## ${slice.slice}\n\n${markdownTable(['variable', 'values', 'default', 'meaning'], rows)}`
  })
  return page(
    '# Configuration',
    'Read from the environment when a process starts. All problems are reported at once, and an unknown variable is a problem too. A secret may come ' +
      'from a file instead: `<VARIABLE>_FILE` names it. In development, secrets are generated at the first start and kept under `.kilomega/secrets`.',
    'Besides these, `NODE_ENV` says where a process runs: `development` (the default), `test` or `production`.',
    ...tables,
  )
}

/** The same as a file to copy: all lines are commented out, because every setting that can has a default. */
export function environmentExample({ slices }: LoadedSystem): string {
  const lines = slices.flatMap((slice) => [
    '',
    ...settingsOf(slice).flatMap(({ variable, otherwise, secret, description }) => {
      const value = secret || otherwise === 'none' || otherwise === 'required' ? '' : otherwise.replaceAll('`', '')
      return [`# ${description}${otherwise === 'required' ? ' (required)' : ''}`, `# ${variable}=${value}`]
    }),
  ])
  return `# Every setting with its default; see docs/config.md for more. Generated from the code by \`npm run docs\`.\n${lines.join('\n')}\n`
}

const settingsOf = ({ slice, fields }: AnySlice): Setting[] =>
  Object.entries(fields).map(([field, schema]) => {
    const isSecret = generatorOf(schema) !== undefined
    return {
      variable: variableOf(slice, field),
      values: isSecret ? 'secret' : valuesOf(schema),
      otherwise: isSecret ? secretWithout(schema) : defaultOf(schema),
      secret: isSecret,
      description: schema.description ?? '',
    }
  })

/** The value of a secret that is not set. */
function secretWithout(schema: z.ZodType): string {
  const otherwise = schema.safeParse(undefined).success ? 'none' : 'required'
  return generatorOf(schema)?.() === undefined ? otherwise : `generated in development, ${otherwise} in production`
}

function defaultOf(schema: z.ZodType): string {
  if (!schema.safeParse(undefined).success) return 'required'
  const value = schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined
  if (value === undefined || value === '') return 'none'
  return `\`${Array.isArray(value) ? value.join(',') : String(value)}\``
}

/** Derived from the JSON Schema of the variable. */
function valuesOf(schema: z.ZodType): string {
  const output = z.toJSONSchema(schema, { unrepresentable: 'any', io: 'output' }) as Record<string, unknown>
  const { type, minimum, maximum, format } = output
  const choices = (output['enum'] ?? []) as string[]
  if (choices.length > 0) return choices.map((choice) => `\`${choice}\``).join(' ')
  if (type === 'integer' || type === 'number') return `${String(minimum)} to ${String(maximum)}`
  if (type === 'boolean') return '`true` `false`'
  return String(format ?? type ?? 'text')
}
