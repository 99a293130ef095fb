import { planOf } from './plan.js'
import { parseProfile, readProfile, tiers } from './profile.js'

const place = { file: 'deploy/tiers/500k/profile.json', tier: '500k' }
const api = { name: 'api', app: 'api', environment: {}, ports: { public: 3_000, internal: 3_001 } }
const search = { name: 'search', app: 'search', environment: {}, ports: { internal: 3_002 } }
const profileOf = (...processes: object[]) => ({ tier: '500k', servers: ['postgres', 'nats'], processes })
const parse = (profile: object) => parseProfile(JSON.stringify(profile), place)

describe('The profile of a tier', () => {
  it.each(tiers())('of %s is valid', (tier) => {
    expect(readProfile(tier)).toMatchObject({ tier })
  })

  it('exists, or the error names those that do', () => {
    expect(() => readProfile('5k')).toThrow('There is no tier 5k: it is one of 1k, 100k, 500k')
  })

  it.each([
    ['an unknown application', profileOf(api, { ...search, app: 'serach' }), /processes 1 app .*"api"\|"worker"\|"search"/],
    ['an unknown field', profileOf({ ...api, instancse: 2 }), /processes 0 .*instancse/],
    ['an invalid variable name', profileOf({ ...api, environment: { 'pool-size': '1' } }), /processes 0 environment pool-size Invalid key/],
    ['an unknown server', { ...profileOf(api), servers: ['mysql'] }, /servers 0 .*"postgres"\|"nats"/],
    ['a duplicate name', profileOf(api, { ...search, name: 'api' }), /the process api is listed twice/],
    ['a duplicate port', profileOf(api, { ...search, ports: { internal: 3_001 } }), /the port 3001 is listed twice/],
    ['two instances with one public port', profileOf({ ...api, instances: 2 }), /api has a public port, so there is one of it/],
    ['no public port', profileOf(search), /no process has a public port/],
    ['a port that no process answers', profileOf({ ...api, environment: { REMOTE_PORTS: 'media' } }), /names media, which no process answers/],
    ['another tier than its folder', { ...profileOf(api), tier: '1k' }, /tier 1k is not the name of its folder/],
  ])('does not have %s', (_, profile, problem) => {
    expect(() => parse(profile)).toThrow(problem)
    expect(() => parse(profile)).toThrow(/^deploy\/tiers\/500k\/profile\.json is wrong:/)
  })

  it('needs NATS for ports that other processes answer', () => {
    const profile = profileOf({ ...api, environment: { REMOTE_PORTS: 'search' } }, search)
    expect(() => parse({ ...profile, servers: ['postgres'] })).toThrow('REMOTE_PORTS needs nats among the servers')
    expect(() => parse(profile)).not.toThrow()
  })

  it('is JSON', () => {
    expect(() => parseProfile('{', place)).toThrow(/^deploy\/tiers\/500k\/profile\.json is not JSON: /)
  })
})

describe('The plan of a shape', () => {
  const profile = parse(profileOf(api, search))
  const portsOf = (options: Parameters<typeof planOf>[1]) =>
    Object.fromEntries(planOf(profile, options).map(({ name, publicPort, internalPort }) => [name, [publicPort, internalPort]]))

  it('has the ports of the profile', () => {
    expect(portsOf({})).toEqual({ api: [3_000, 3_001], search: [undefined, 3_002] })
  })

  it('gives further instances the next ports, and shifts all of them together', () => {
    expect(portsOf({ instances: 3, portBase: 4_000 })).toEqual({
      api: [4_000, 4_001],
      search: [undefined, 4_002],
      'search-2': [undefined, 4_003],
      'search-3': [undefined, 4_004],
    })
  })

  it('multiplies only services, and stays within the range of ports', () => {
    expect(() => planOf(readProfile('1k'), { instances: 2 })).toThrow('the tier 1k has none')
    expect(() => portsOf({ instances: 2, portBase: 65_532 })).not.toThrow()
    expect(() => portsOf({ instances: 3, portBase: 65_532 })).toThrow('--port-base 65532: search-3 would get the port 65536')
  })
})
