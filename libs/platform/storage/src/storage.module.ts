import { Global, Module } from '@nestjs/common'
import { ObjectStore } from './object-store.js'
import { DiskObjectStore } from './object-store.disk.js'
import { StorageConfig } from './storage.config.js'

const objectStore = {
  provide: ObjectStore,
  inject: [StorageConfig],
  useFactory: ({ folder }: StorageConfig): ObjectStore => new DiskObjectStore(folder),
}

/** The object store of this process, shared by all its modules. */
@Global()
@Module({ providers: [objectStore], exports: [ObjectStore] })
export class StorageModule {}
