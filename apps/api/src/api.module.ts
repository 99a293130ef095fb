import { bindings } from '@kilomega/bindings'
import { Authenticator } from '@kilomega/http'
import { Module } from '@nestjs/common'
import { controllers } from './http/controllers.js'
import { IdentityAuthenticator } from './http/identity-authenticator.js'

/** Every module of the system, and the routes by which clients reach it. */
@Module({
  imports: bindings,
  controllers,
  providers: [{ provide: Authenticator, useClass: IdentityAuthenticator }],
})
export class ApiModule {}
