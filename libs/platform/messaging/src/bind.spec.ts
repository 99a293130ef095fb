import { port } from '@kilomega/ports'
import { bind } from './bind.js'
import { implement } from './implement.js'

abstract class HarbourPort extends port('harbour', {}) {}
class HarbourModule {}
class HarbourService extends HarbourPort {}
const implementation = implement(HarbourPort, { module: HarbourModule, service: HarbourService })

describe('a binding', () => {
  it('imports nothing before it is opened, and then once', async () => {
    let imports = 0
    const binding = bind(HarbourPort, async () => ((imports += 1), { implementation }))
    expect(imports).toBe(0)
    expect(await binding.open()).toBe(implementation)
    await binding.open()
    expect(imports).toBe(1)
  })

  it('says which module could not be loaded, and why', async () => {
    const broken = bind(HarbourPort, () => Promise.reject(new Error('no such file')))
    await expect(broken.open()).rejects.toThrow('module harbour could not be loaded: no such file')
  })

  it('imports nothing for a port that another process answers', async () => {
    let imports = 0
    const binding = bind(HarbourPort, async () => ((imports += 1), { implementation }))
    binding.useRemote()
    expect(binding.forwardRef()).toMatchObject({ exports: [HarbourPort] })
    expect(imports).toBe(0)
  })

  it('says that a port has no module here', async () => {
    await expect(bind(HarbourPort).open()).rejects.toThrow('port harbour has no module in this process')
  })

  it('is one Nest module however often it is asked for, and none before it is open', async () => {
    const binding = bind(HarbourPort, async () => ({ implementation }))
    expect(() => binding.forwardRef()).toThrow('start()')
    await binding.open()
    expect(binding.forwardRef()).toBe(binding.forwardRef())
  })
})

it('an implementation says only what it has', () => {
  expect(implementation).toMatchObject({ name: 'harbour', config: [], entities: [], migrations: [], hears: [], jobs: [] })
})
