// A Nest microservice on NATS, as in its documentation.
import 'reflect-metadata'
import { Controller, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { MessagePattern, type MicroserviceOptions, Payload, Transport } from '@nestjs/microservices'
import type { Payload as Echo } from '../port-local/payload.js'
import { reportReady } from '../process/report-ready.js'
import { natsUrl } from './nats-url.js'

@Controller()
class EchoController {
  @MessagePattern('nest.say')
  say(@Payload() input: Echo) {
    return input
  }
}

@Module({ controllers: [EchoController] })
class EchoApp {}

const app = await NestFactory.createMicroservice<MicroserviceOptions>(EchoApp, {
  transport: Transport.NATS,
  options: { servers: [natsUrl] },
  logger: false,
})
await app.listen()
reportReady()
