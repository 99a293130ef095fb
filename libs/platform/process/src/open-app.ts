import { createHttp, installHttp } from '@kilomega/http'
import { NestFactory } from '@nestjs/core'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { LoadedApp } from './loaded-app.js'
import { type Replacements, rootModule } from './root-module.js'

/** Makes and initialises the Nest application: modules are wired, connected and heard, but no port listens yet. */
export async function openApp(loaded: LoadedApp, replacements?: Replacements): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(rootModule(loaded, replacements), createHttp(loaded.values), {
    logger: false,
    abortOnError: false,
    bodyParser: false,
  })
  await installHttp(app, loaded.app)
  await app.init()
  return app
}
