import { PostgresBroadcast } from '@kilomega/database'
import { eventually, openDatabase, type TestDatabase } from '@kilomega/testing'
import { WakeUp } from './wake-up.js'

interface Process {
  wakeUp: WakeUp
  /** The listeners that were woken, in order. */
  woken: string[]
  stop: () => Promise<void>
}

describe('A notification', () => {
  let opened: TestDatabase
  let here: Process
  let elsewhere: Process

  const open = async (): Promise<Process> => {
    const broadcast = new PostgresBroadcast(opened.databases, opened.signals)
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
    ;[here, elsewhere] = [await open(), await open()]
  })
  afterEach(async () => {
    await here.stop()
    await elsewhere.stop()
  })
  afterAll(() => opened.close())

  it('for an event wakes the listeners of the event and of the whole outbox in all processes, and no others', async () => {
    here.wakeUp.notify('harbour', 'harbour.ship-sank')
    expect(here.woken).toEqual(['all of the harbour', 'ship-sank'])
    await eventually(() => expect(elsewhere.woken).toEqual(['all of the harbour', 'ship-sank']))
  })

  it('without an event wakes all listeners of the outbox', async () => {
    here.wakeUp.notify('harbour')
    const all = ['all of the harbour', 'ship-sank', 'ship-sailed']
    expect(here.woken).toEqual(all)
    await eventually(() => expect(elsewhere.woken).toEqual(all))
  })

  it('wakes its own process at once, and other processes once for many equal notifications', async () => {
    for (let time = 0; time < 10; time += 1) here.wakeUp.notify('insurer')
    await eventually(() => expect(elsewhere.woken).toEqual(['the insurer']))
    elsewhere.wakeUp.notify('harbour', 'harbour.ship-sailed')
    await eventually(() => expect(here.woken).toContain('ship-sailed'))
    expect(here.woken.filter((one) => one === 'the insurer')).toHaveLength(10)
    expect(elsewhere.woken).toEqual(['the insurer', 'all of the harbour', 'ship-sailed'])
  })
})
