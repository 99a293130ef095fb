import { basename } from 'node:path'
import { signalWords } from '@kilomega/observability'
import { isTest, modules, readText, sources } from './repository.js'

describe('Signals', () => {
  const emitted = sources()
    .filter((path) => !isTest(path))
    .flatMap((path) => [...readText(path).matchAll(/\.emit\(\s*'([^']+)'/g)].map(([, name]) => name ?? ''))
    // Node's own events have names without dots.
    .filter((name) => name.includes('.'))
  const worded = Object.keys(signalWords)

  it('have a text if they are emitted', () => {
    expect(emitted.filter((name) => !worded.includes(name))).toEqual([])
  })

  it('are emitted somewhere if they have a text', () => {
    const texts = sources().filter((path) => !isTest(path) && !path.endsWith('signal-words.ts'))
    const code = texts.map(readText).join('\n')
    expect(worded.filter((name) => !code.includes(`'${name}'`))).toEqual([])
  })

  it('are sorted by name', () => {
    expect(worded).toEqual([...worded].sort())
  })

  it.each(modules().map(({ folder }) => folder))('of the module %s are declared in it, named after it, and emitted there', (folder) => {
    const name = basename(folder)
    const own = sources().filter((path) => path.startsWith(`${folder}/src/`) && !isTest(path))
    const [place, code] = [
      `${folder}/src/${name}.signals.ts`,
      own
        .filter((path) => !path.endsWith('.signals.ts'))
        .map(readText)
        .join('\n'),
    ]
    const declared = [...own.flatMap((path) => [...readText(path).matchAll(/const (\w+) = signal\('([^']+)'/g)].map((found) => ({ path, found })))]
    expect(declared.filter(({ path, found }) => path !== place || !found[2]!.startsWith(`${name}.`))).toEqual([])
    expect(declared.filter(({ found }) => !code.includes(`.emit(${found[1]}`))).toEqual([])
    expect(worded.filter((one) => one.startsWith(`${name}.`))).toEqual([])
  })
})
