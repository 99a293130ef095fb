import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeProgram } from '@kilomega/km'
import { filesBelow, packages, readText, root } from './repository.js'

/** Pages written by people; the pages of modules are in their folders. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  ...filesBelow('docs')
    .filter((path) => path.endsWith('.md'))
    .map((path) => `docs/${path}`),
]

const commandsIn = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, command]) => command?.trim() ?? '')

describe('A command in the documents', () => {
  const text = documents.map(readText).join('\n')
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }

  it('is a script of the root package', () => {
    const named = commandsIn(text, /(?<!`<)\bnpm run ([a-z:-]+)(?! -w)/g)
    expect(named.filter((name) => !(name in scripts))).toEqual([])
    expect(scripts).toMatchObject({ start: expect.any(String) as string, test: expect.any(String) as string })
  })

  it('is a command of km, with existing options', () => {
    for (const line of commandsIn(text, /npx km ([^\n`#]*)/g)) expect(problemOf(line.split(/\s+/))).toBe('')
  })

  it('is a target that the package has', () => {
    const known = packages()
    for (const line of commandsIn(text, /npx nx run (@kilomega\/[^\s`]+)/g)) {
      const [name, target] = line.split(':') as [string, string]
      const { folder } = known.find((one) => one.name === name) ?? { folder: name }
      expect(JSON.parse(readText(`${folder}/package.json`))).toHaveProperty(['scripts', target])
    }
  })
})

describe('A variable in the documents', () => {
  it('is a setting, or a file for one that is secret', () => {
    const known = [...readText('docs/config.md').matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \|/gm)]
    const names = known.flatMap(([, name, kind]) => (kind === 'secret' ? [name, `${name}_FILE`] : [name]))
    const set = documents.flatMap((path) => commandsIn(readText(path), /(?:^|[\s`(])([A-Z]+(?:_[A-Z]+)+)=/gm))
    expect(set).toContain('REMOTE_PORTS')
    expect(set.filter((name) => !names.includes(name) && !name.startsWith('KILOMEGA_'))).toEqual([])
  })
})

describe('The documents', () => {
  it.each(documents)('%s links to pages that exist', (path) => {
    const links = [...readText(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, link]) => link ?? '')
    expect(links.filter((link) => !existsSync(join(root, dirname(path), link)))).toEqual([])
  })

  it('greet newcomers in under 120 lines', () => {
    expect(readText('README.md').split('\n').length).toBeLessThan(120)
  })

  it.each(documents.filter((path) => path.startsWith('docs/adr/')))(
    '%s tells date, context, options, decision and consequences in 60 lines',
    (path) => {
      const text = readText(path)
      expect(text).toMatch(/Date: \d{4}-\d{2}-\d{2}/)
      for (const heading of ['Context', 'Options', 'Decision', 'Consequences']) expect(text).toContain(`## ${heading}`)
      expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(60)
    },
  )
})

/** Why a command line cannot be run, according to the declared commands. */
function problemOf(words: readonly string[]): string {
  let command = makeProgram()
  let isValue = false
  for (const word of words.filter((one) => one !== '')) {
    const next = command.commands.find((one) => one.name() === word)
    const option = command.options.find(({ long }) => long === word)
    const wasValue = isValue
    isValue = option?.required ?? false
    if (wasValue) continue
    if (next) command = next
    else if (word.startsWith('--') && option === undefined && word !== '--help') return `${command.name()} has no option ${word}`
    else if (!word.startsWith('--') && command.registeredArguments.length === 0) return `${command.name()} does not take ${word}`
  }
  return ''
}
