import { signalWords } from '@kilomega/observability'
import { isTest, readText, sources } from './repository.js'

describe('Signals', () => {
  const emitted = sources()
    .filter((path) => !isTest(path))
    .flatMap((path) => [...readText(path).matchAll(/\.emit\(\s*'([^']+)'/g)].map(([, name]) => name ?? ''))
    // Node's own emitters speak without dots.
    .filter((name) => name.includes('.'))
  const worded = Object.keys(signalWords)

  it('have words, every one that is emitted', () => {
    expect(emitted.filter((name) => !worded.includes(name))).toEqual([])
  })

  it('are emitted somewhere, every one that has words', () => {
    const texts = sources().filter((path) => !isTest(path) && !path.endsWith('signal-words.ts'))
    const code = texts.map(readText).join('\n')
    expect(worded.filter((name) => !code.includes(`'${name}'`))).toEqual([])
  })

  it('stand in order of name', () => {
    expect(worded).toEqual([...worded].sort())
  })
})
