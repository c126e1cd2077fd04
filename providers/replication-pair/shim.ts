import type * as pulumi from "@pulumi/pulumi";

// The text of this object is stored in the state of every stack: keep it this small and never change it.
export const shim: pulumi.dynamic.ResourceProvider = {
  configure: (req) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).configure(req),
  check: (olds, news) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).check(olds, news),
  diff: (id, olds, news) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).diff(id, olds, news),
  create: (inputs) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).create(inputs),
  read: (id, props) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).read(id, props),
  update: (id, olds, news) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).update(id, olds, news),
  delete: (id, props) => require(`${process.cwd()}/providers/replication-pair/entry.cjs`).delete(id, props),
};
