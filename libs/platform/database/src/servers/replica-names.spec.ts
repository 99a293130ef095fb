import { Secret } from '@kilomega/config'
import { type Lookup, replicaUrls } from './replica-names.js'

const known: Record<string, string[]> = {
  'replicas.db': ['10.0.0.3', '10.0.0.2'],
  'one.db': ['10.0.0.9'],
  'both.db': ['10.0.0.8', 'fd00::8'],
  'six.db': ['fd00::2', 'fd00::3'],
}
const addressesOf: Lookup = async (name) => {
  if (known[name] === undefined) throw new Error('ENOTFOUND')
  return known[name].map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
}
const found = async (text: string) => (await replicaUrls(new Secret(text), addressesOf)).map((url) => url.reveal())

describe('The replicas at the names of DATABASE_REPLICAS', () => {
  it('are one for each address of a name, always in the same order', async () => {
    expect(await found('postgres://me:secret@replicas.db:5433/kilomega')).toEqual([
      'postgres://me:secret@10.0.0.2:5433/kilomega',
      'postgres://me:secret@10.0.0.3:5433/kilomega',
    ])
    expect(await found('postgres://six.db/kilomega')).toEqual(['postgres://[fd00::2]/kilomega', 'postgres://[fd00::3]/kilomega'])
  })

  it.each([
    'postgres://one.db/kilomega',
    'postgres://both.db/kilomega',
    'postgres://unknown.db/kilomega',
    'postgres://10.0.0.1/kilomega',
    'postgres://[fd00::1]/x',
  ])('are one if there is one address, or none is known: %s', async (text) => {
    expect(await found(text)).toEqual([text])
  })

  it('are those of all names together, and none without the setting', async () => {
    expect(await found('postgres://replicas.db/a, postgres://one.db/a')).toHaveLength(3)
    expect(await replicaUrls(undefined, addressesOf)).toEqual([])
  })
})
