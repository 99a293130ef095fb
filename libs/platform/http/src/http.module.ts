import { Global, Module } from '@nestjs/common'
import { Cursors } from './cursors.js'
import { DocsController } from './docs.controller.js'
import { HttpListeners } from './http-listeners.js'
import { OpenApi } from './openapi.js'
import { ProbesController } from './probes.controller.js'
import { RouteTable } from './route-table.js'

/** What every process with HTTP has: probes, metrics, documentation, and cursors for its controllers. */
@Global()
@Module({ controllers: [ProbesController, DocsController], providers: [Cursors, HttpListeners, OpenApi, RouteTable], exports: [Cursors, RouteTable] })
export class HttpModule {}
