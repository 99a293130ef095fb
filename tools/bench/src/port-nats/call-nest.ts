// Nest's ClientProxy.
import 'reflect-metadata'
import { ClientProxyFactory, Transport } from '@nestjs/microservices'
import { firstValueFrom } from 'rxjs'
import { payload } from '../port-local/payload.js'
import { answerCalls } from '../process/answer-calls.js'
import { natsUrl } from './nats-url.js'

const client = ClientProxyFactory.create({ transport: Transport.NATS, options: { servers: [natsUrl] } })
await client.connect()
answerCalls(() => firstValueFrom(client.send('nest.say', payload)))
