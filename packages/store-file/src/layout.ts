import { encodeName, shardCount, shardOf } from './names.js';

/** Where one record is kept. */
export interface Place {
  /** The encoded id. */
  readonly name: string;
  readonly shard: string;
  readonly folder: string;
}

/**
 * Where everything lies:
 *
 * - `records/<shard>/<id>/`: one folder per record, with its state and its text
 * - `subjects/<shard>/<subject>/<id>.<mark>`: one empty file per session of a subject
 * - `drafts/<label>/`: a record that is being made
 * - `trash/<label>/`: a record that has been destroyed and is being removed
 */
export class Layout {
  readonly directory: string;
  readonly records: string;
  readonly subjects: string;
  readonly drafts: string;
  readonly trash: string;

  /** Lays out `directory`, an absolute path. Touches no disk. */
  constructor(directory: string) {
    this.directory = directory;
    // With `/`, which Node takes on every system: `path.join` costs more than some of the calls it would serve.
    this.records = `${directory}/records`;
    this.subjects = `${directory}/subjects`;
    this.drafts = `${directory}/drafts`;
    this.trash = `${directory}/trash`;
  }

  /** The place of the record with this id. */
  place(id: string): Place {
    return this.placeNamed(encodeName(id));
  }

  /** The place of the record with this encoded id. */
  placeNamed(name: string): Place {
    const shard = `${this.records}/${shardOf(name)}`;
    return { name, shard, folder: `${shard}/${name}` };
  }

  /** The folder of a subject's markers. */
  subject(subject: string): string {
    const name = encodeName(subject);
    return `${this.subjects}/${shardOf(name)}/${name}`;
  }

  /** The folder in which a new record is made. */
  draft(label: string): string {
    return `${this.drafts}/${label}`;
  }

  /** Where a record's folder is moved to be removed. */
  grave(label: string): string {
    return `${this.trash}/${label}`;
  }

  /** The folder of a shard, by its number from 0. */
  shard(number: number): string {
    return `${this.records}/${(number % shardCount).toString(16).padStart(2, '0')}`;
  }
}
