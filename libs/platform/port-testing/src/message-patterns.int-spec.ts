import { implement, makeServiceKey } from '@kilomega/messaging'
import { anonymous, port, query } from '@kilomega/ports'
import { describeWithOwnNats, eventually, openNats, type TestNats } from '@kilomega/testing'
import { Controller, Injectable, Module } from '@nestjs/common'
import { type ClientProxy, ClientProxyFactory, EventPattern, MessagePattern, Payload, RpcException, Transport } from '@nestjs/microservices'
import { firstValueFrom } from 'rxjs'
import { z } from 'zod'
import { type OpenedPort, openPort } from './open-port.js'

abstract class HarbourPort extends port('harbour', {
  greet: query({ input: z.object({ name: z.string() }), output: z.string(), timeoutMs: 2_000, access: 'anyone' }),
}) {}

@Injectable()
class HarbourService implements HarbourPort {
  async greet({ name }: { name: string }): Promise<string> {
    return `Ahoy, ${name}`
  }
}

/** Handlers of a team that used Nest's own microservices before. */
@Controller()
class OldHandlers {
  readonly received: string[] = []

  @MessagePattern('old.sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0)
  }

  @MessagePattern('old.fail')
  fail(): never {
    throw new RpcException('no wind')
  }

  @EventPattern('old.sighted')
  hear(@Payload() text: string): void {
    this.received.push(text)
  }
}

@Module({ controllers: [OldHandlers], providers: [HarbourService] })
class HarbourModule {}

const implementation = implement(HarbourPort, { module: HarbourModule, service: HarbourService, migrations: [] })

describeWithOwnNats("Nest's own handlers of patterns", () => {
  let nats: TestNats
  let harbour: OpenedPort<typeof HarbourPort>
  let client: ClientProxy
  const ask = <T>(pattern: string, data: unknown): Promise<T> => firstValueFrom(client.send<T>(pattern, data))

  beforeAll(async () => {
    nats = await openNats({ own: true })
    harbour = await openPort(implementation, { environment: { NATS_URL: nats.url, NATS_SEED: makeServiceKey().seed.reveal() } })
    client = ClientProxyFactory.create({ transport: Transport.NATS, options: { servers: [nats.url] } })
    await client.connect()
    await eventually(async () => expect(await ask('old.sum', [1])).toBe(1), 10_000)
  }, 60_000)
  afterAll(async () => {
    await client.close()
    await harbour.close()
    await nats.close()
  })

  it("answer Nest's own client over the connection of the ports", async () => {
    expect(await ask('old.sum', [1, 2, 3])).toBe(6)
    await expect(ask('old.fail', {})).rejects.toMatchObject({ message: 'no wind' })
  })

  it('receive events', async () => {
    await firstValueFrom(client.emit('old.sighted', 'land'), { defaultValue: undefined })
    await eventually(() => expect(harbour.get(OldHandlers).received).toEqual(['land']))
  })

  it('work next to a port, which is answered as usual', async () => {
    expect(await harbour.as(anonymous, () => harbour.port.greet({ name: 'Beagle' }) as Promise<string>)).toBe('Ahoy, Beagle')
  })
})
