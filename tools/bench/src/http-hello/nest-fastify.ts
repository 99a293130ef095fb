// Nest on Fastify with nothing else: no user, no id, no metrics, no log.
import 'reflect-metadata'
import { Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { reportReady } from '../process/report-ready.js'
import { HelloController } from './hello.controller.js'

@Module({ controllers: [HelloController] })
class App {}

const app = await NestFactory.create<NestFastifyApplication>(App, new FastifyAdapter(), { logger: false })
await app.listen(0, '127.0.0.1')
reportReady({ public: await app.getUrl() })
