import { splitLedger } from './split-ledger.js'

const example = (sql: string) => ({ text: sql, sql, parameters: [] })

it('what several modules send to their own schemas is shown once, with the schema left open; the rest stays with its module', () => {
  const [a, b] = [example('SELECT 1 FROM "a".outbox'), example('SELECT 1 FROM "b".outbox')]
  const own = example('SELECT 1 FROM "a".ship')
  const { modules, ledger } = splitLedger(
    new Map([
      ['a', new Map([['a.sail', [own, a]]])],
      ['b', new Map([['b.sink', [b]]])],
    ]),
  )
  expect(modules.get('a')).toEqual(new Map([['a.sail', [own]]]))
  expect(modules.get('b')).toEqual(new Map([['b.sink', []]]))
  expect(ledger).toEqual(new Map([['outbox', [{ ...a, text: 'SELECT 1 FROM {schema}.outbox' }]]]))
})
