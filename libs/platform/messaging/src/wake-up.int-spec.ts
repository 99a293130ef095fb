import { PostgresBroadcast } from '@kilomega/database'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { WakeUp } from './wake-up.js'

interface Process {
  wakeUp: WakeUp
  /** Whom it woke, one after the other. */
  woken: string[]
  stop: () => Promise<void>
}

describe('A ring', () => {
  let opened: TestDatabase
  let here: Process
  let elsewhere: Process

  const begin = async (): Promise<Process> => {
    const broadcast = new PostgresBroadcast(opened.config, opened.database, opened.signals)
    const [wakeUp, woken] = [new WakeUp(broadcast), [] as string[]]
    wakeUp.listen('harbour', () => woken.push('all of the harbour'))
    for (const event of ['ship-sank', 'ship-sailed']) wakeUp.listen('harbour', () => woken.push(event), `harbour.${event}`)
    wakeUp.listen('insurer', () => woken.push('the insurer'))
    await wakeUp.start()
    return { wakeUp, woken, stop: () => broadcast.close() }
  }

  beforeAll(async () => {
    opened = await openDatabase({})
  })
  beforeEach(async () => {
    ;[here, elsewhere] = [await begin(), await begin()]
  })
  afterEach(async () => {
    await here.stop()
    await elsewhere.stop()
  })
  afterAll(() => opened.close())

  it('for an event wakes in all processes who hears it and who minds the outbox, and nobody else', async () => {
    here.wakeUp.ring('harbour', 'harbour.ship-sank')
    expect(here.woken).toEqual(['all of the harbour', 'ship-sank'])
    await eventually(() => expect(elsewhere.woken).toEqual(['all of the harbour', 'ship-sank']))
  })

  it('for no event in particular wakes all who have to do with the outbox', async () => {
    here.wakeUp.ring('harbour')
    const all = ['all of the harbour', 'ship-sank', 'ship-sailed']
    expect(here.woken).toEqual(all)
    await eventually(() => expect(elsewhere.woken).toEqual(all))
  })

  it('wakes its own process once, and the others once for many of the same', async () => {
    for (let time = 0; time < 10; time += 1) here.wakeUp.ring('insurer')
    await eventually(() => expect(elsewhere.woken).toEqual(['the insurer']))
    elsewhere.wakeUp.ring('harbour', 'harbour.ship-sailed')
    await eventually(() => expect(here.woken).toContain('ship-sailed'))
    expect(here.woken.filter((one) => one === 'the insurer')).toHaveLength(10)
    expect(elsewhere.woken).toEqual(['the insurer', 'all of the harbour', 'ship-sailed'])
  })
})
