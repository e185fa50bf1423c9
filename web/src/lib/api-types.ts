// Made by scripts/api-types.mjs from schema/openapi.json; do not edit.

export interface components {
  schemas: {
    /** A sign of life. */
    Alive: {
      /** Always `ok`; anything else is a problem document. */
      status: string;
    };
    /** What this program is. */
    Version: {
      /** Its name. */
      name: string;
      /** Its version. */
      version: string;
      /** The commit that it was built from. */
      commit?: string;
      /** The target that it was built for. */
      target: string;
    };
    /** The agent itself, now. */
    AgentStatus: {
      /** What the site is called. */
      name: string;
      /** The version that runs here. */
      version: string;
      /** The commit that it was built from. */
      commit?: string;
      /** The target that it was built for. */
      target: string;
      /** Since when. */
      started_at: string;
      /** The time of the agent. */
      now: string;
      /** Its time zone by the IANA name, `Europe/Berlin`; absent if the machine does not tell its own. */
      time_zone?: string;
      /** How far the clock there is ahead of UTC. */
      utc_offset_secs: number;
      /** Memory that this process takes; absent where the system does not tell. */
      resident_bytes?: number;
      /** CPU time of the last seconds in percent of one processor; absent where the system does not tell. */
      cpu_percent?: number;
      /** How late a poll of the last half minute began after it was due. */
      behind_ms: number;
      /** What is not ready, in words; absent when everything is. */
      unready?: string;
    };
    /** The time zones that this machine knows. */
    TimeZones: {
      /** By their IANA names, sorted. */
      time_zones: (string)[];
    };
    /** What the list gives. */
    Listed: (components['schemas']["ReadingList"] | components['schemas']["TableRows"]);
    /** A page of readings, sorted by source id. */
    ReadingList: {
      /** The readings of this page. */
      readings: (components['schemas']["Reading"])[];
      /** How many there are on all pages. */
      total: number;
      /** The `cursor` of the next page, if there is one. */
      next_cursor?: string;
      /** When this was written. */
      generated_at: string;
    };
    /** What the agent says about one source now. */
    Reading: {
      /** The version of this format. */
      schema: components['schemas']["Schema"];
      /** Who it is about. */
      source: components['schemas']["Source"];
      /** When the last attempt ended; absent before the first one. */
      observed_at?: string;
      /** How long the last attempt took. */
      took_ms?: number;
      /** Whether it can be observed. */
      health: components['schemas']["Health"];
      /** What it does, in one word for people. */
      state: components['schemas']["State"];
      /** Since when that word holds. For a source that cannot be read: since the first of the failures in a row. */
      state_since?: string;
      /** The time between two attempts at the moment, when it is longer than configured. */
      effective_interval_secs?: number;
      /** Why the last attempt failed; there exactly when it did. */
      failure?: components['schemas']["Failure"];
      /** What the agent noticed by comparing with the reading before. */
      marks?: (components['schemas']["Mark"])[];
      /** What it is connected with: the pool coin and worker that a miner works for, and the other way round. */
      links?: (components['schemas']["Link"])[];
      /** When `snapshot` was taken. */
      snapshot_at?: string;
      /** The last good observation, kept through failures. */
      snapshot?: components['schemas']["Snapshot"];
    };
    /** The version of the format of a [`Reading`]. */
    Schema: ("gssa.reading/1");
    /** Who a reading is about, as the configuration names it. */
    Source: {
      /** Unique in one agent. */
      id: string;
      /** What people call it. */
      name: string;
      /** The kind configured or, with `auto`, found. */
      kind: components['schemas']["SourceKind"];
      /** Where it is asked, without credentials; empty where that is not told. */
      address?: string;
      /** The place it stands in, a free text. */
      group?: string;
      /** Free labels. */
      tags: (string)[];
    };
    /** What speaks at the other end. */
    SourceKind: ("auto" | "axeos" | "antminer" | "canaan" | "cgminer" | "gss" | "mim" | "host");
    /** Whether a source can be observed. */
    Health: ("pending" | "up" | "partial" | "stale" | "down" | "refused" | "disabled");
    /** What a source does, in one word for people. */
    State: ("hashing" | "running" | "degraded" | "hot" | "not_hashing" | "standby" | "stale" | "offline" | "auth" | "unknown" | "pending" | "disabled");
    /** Why the last attempt failed. */
    Failure: {
      /** What to do about it. */
      kind: components['schemas']["FailureKind"];
      /** What happened. */
      reason: components['schemas']["FailureReason"];
      /** One line for people. */
      detail: string;
      /** When the first of these failures in a row was. */
      since: string;
      /** How many in a row, this one included. */
      in_a_row: number;
    };
    /** What to do about a failure. */
    FailureKind: ("unreachable" | "timeout" | "refused" | "overloaded" | "protocol" | "unsupported");
    /** What happened, a closed set of words that the UI explains. */
    FailureReason: ("no_route" | "connection_refused" | "connection_reset" | "name_not_found" | "tls" | "timeout" | "password_needed" | "password_wrong" | "api_disabled" | "not_a_miner" | "firmware_unsupported" | "malformed" | "too_large" | "busy");
    /** Something that two readings side by side show. */
    Mark: {
      /** What. */
      mark: components['schemas']["MarkKind"];
      /** At which field, as a dotted path in the snapshot. */
      field: string;
    };
    /** What two readings side by side can show. */
    MarkKind: ("restarted" | "counter_went_back" | "frozen" | "impossible");
    /** A miner and the pool worker that it is. */
    Link: {
      /** The source at the other end. */
      source_id: string;
      /** The key of the coin. */
      coin?: string;
      /** The name of the worker. */
      worker?: string;
      /** What the two have in common. */
      by: components['schemas']["LinkedBy"];
    };
    /** What a miner and a pool worker have in common. */
    LinkedBy: ("address" | "port_and_worker");
    /** The state of one source at one moment, by what kind of thing it is. */
    Snapshot: (components['schemas']["MinerSnapshot"] | components['schemas']["PoolSnapshot"] | components['schemas']["InfrastructureSnapshot"]);
    /** What a device is. */
    Identity: {
      /** Who makes it: `Bitaxe`, `Bitmain`, `Canaan`. */
      make?: string;
      /** The model: `Gamma`, `Antminer S21`, `Avalon Nano 3S`. */
      model?: string;
      /** The board or hardware revision. */
      board?: string;
      /** The mining chip. */
      chip?: string;
      /** The name of the firmware. */
      firmware?: string;
      /** Its version as the device writes it. */
      firmware_version?: string;
      /** The host name, not unique and not an identity. */
      hostname?: string;
      /** The hardware address. */
      mac?: string;
      /** The serial number. */
      serial?: string;
    };
    /** How fast a device hashes. */
    Hashing: {
      /** What it hashes. */
      algorithm?: components['schemas']["Algorithm"];
      /** Absent if the device does not tell. */
      state?: components['schemas']["HashingState"];
      /** The shortest window that the device gives, in hashes per second. */
      current_hps?: number;
      /** Its long or lifetime average. */
      average_hps?: number;
      /** What it should do at its settings. */
      expected_hps?: number;
      /** Averages over named windows, shortest first. */
      windows_hps?: Record<string, number>;
    };
    /** A proof-of-work function, by its usual name in lower case. */
    Algorithm: string;
    /** What the device does. */
    HashingState: ("mining" | "paused" | "idle" | "stopped" | "starting");
    /** Shares and what became of them. */
    Work: {
      /** Shares accepted since the device started. */
      accepted?: number;
      /** Shares rejected since the device started. */
      rejected?: number;
      /** Shares that came too late. */
      stale?: number;
      /** Wrong results of the chips. */
      hardware_errors?: number;
      /** Wrong results in percent, as the device computes it. */
      error_percent?: number;
      /** The best share ever. */
      best_difficulty?: number;
      /** The best share since the device started. */
      best_session_difficulty?: number;
      /** Blocks found. */
      blocks_found?: number;
      /** Why shares were rejected, in the pool's words. */
      reject_reasons?: (components['schemas']["RejectReason"])[];
    };
    /** One of the pool's reasons and how often it gave it. */
    RejectReason: {
      /** The pool's text. */
      reason: string;
      /** How many shares. */
      count: number;
    };
    /** Electrical figures. */
    Power: {
      /** What it draws, as the device measures or estimates it. */
      watts?: number;
      /** The supply voltage. */
      input_volts?: number;
      /** The core voltage measured. */
      core_millivolts?: number;
      /** The core voltage asked for. */
      core_millivolts_set?: number;
      /** The chip clock asked for. */
      frequency_mhz?: number;
      /** Derived from `watts` and the hashrate. */
      efficiency_joules_per_terahash?: number;
    };
    /** One temperature sensor. */
    Temperature: {
      /** What it measures. */
      sensor: components['schemas']["Sensor"];
      /** Which one of these, from 0. */
      index: number;
      /** The temperature. */
      celsius: number;
    };
    /** What a temperature sensor sits on. */
    Sensor: ("chip" | "board" | "regulator" | "intake" | "outlet" | "psu");
    /** One fan. */
    Fan: {
      /** Which one, from 0. */
      index: number;
      /** Turns per minute; 0 for a fan that stands still. */
      rpm?: number;
      /** The speed asked for, 0 to 100. */
      percent?: number;
    };
    /** A hash board, or a group of chips that the device counts apart. */
    Board: {
      /** Which one, from 0. */
      index: number;
      /** What it does. */
      state?: components['schemas']["BoardState"];
      /** Its own hashrate. */
      current_hps?: number;
      /** How many chips it has. */
      chips?: number;
      /** Its clock. */
      frequency_mhz?: number;
      /** Wrong results of its chips. */
      hardware_errors?: number;
      /** The coolest chip. */
      chip_celsius_min?: number;
      /** The mean of the chips. */
      chip_celsius_avg?: number;
      /** The hottest chip. */
      chip_celsius_max?: number;
      /** The hottest sensor of the board. */
      board_celsius_max?: number;
      /** Every chip that has a sensor, in the device's order. */
      chips_celsius?: (number)[];
      /** The hashrate of each part of a chip that counts for itself. */
      domains_hps?: (number)[];
    };
    /** What a hash board does. */
    BoardState: ("hashing" | "idle" | "missing" | "failed" | "off");
    /** A pool that the device is configured with. */
    Pool: {
      /** Which one, from 0, in the device's order. */
      index: number;
      /** Scheme, host and port, never credentials: `stratum+tcp://public-pool.io:21496`. */
      url?: string;
      /** The user or worker name; it often holds a wallet address. */
      user?: string;
      /** Absent if the device does not tell. */
      state?: components['schemas']["PoolState"];
      /** What it is there for. */
      role?: components['schemas']["PoolRole"];
      /** Shares that this pool accepted. */
      accepted?: number;
      /** Shares that this pool rejected. */
      rejected?: number;
      /** Shares that came too late for this pool. */
      stale?: number;
      /** The share difficulty that the pool asks for. */
      difficulty?: number;
      /** The round trip to the pool in milliseconds. */
      ping_ms?: number;
    };
    /** What a pool is doing. */
    PoolState: ("active" | "standby" | "dead" | "disabled");
    /** What a pool is there for. */
    PoolRole: ("primary" | "fallback" | "second" | "fee");
    /** How a device is connected. */
    Network: {
      /** The device's own idea of its IP address. */
      ip?: string;
      /** Wi-Fi signal strength. */
      rssi_dbm?: number;
    };
    /** Something that the device itself says is wrong. */
    Fault: {
      /** What. */
      code: components['schemas']["FaultCode"];
      /** How bad. */
      severity: components['schemas']["Severity"];
      /** In words. */
      message: string;
    };
    /** What can be wrong with a device. */
    FaultCode: ("overheat" | "power" | "hardware" | "pool" | "setup");
    /** How bad something is. */
    Severity: ("info" | "warning" | "critical");
    /** Something that the source reported and we could not read, or that it was asked for and did not give. */
    Gap: {
      /** The peer's own name of the field or request. */
      field: string;
      /** What was found in its place, shortened. */
      found: string;
    };
    /** What a mining device said about itself. Whatever it did not report is absent. */
    MinerSnapshot: {
      /** What it is. */
      identity: components['schemas']["Identity"];
      /** How fast it hashes. */
      hashing: components['schemas']["Hashing"];
      /** What came of it. */
      work: components['schemas']["Work"];
      /** What it draws and at which settings. */
      power: components['schemas']["Power"];
      /** One entry for each sensor that the device names. */
      temperatures: (components['schemas']["Temperature"])[];
      /** The fans that exist; one that stands still has `rpm` 0. */
      fans: (components['schemas']["Fan"])[];
      /** Hash boards, or the groups of chips that the device counts apart. */
      boards: (components['schemas']["Board"])[];
      /** The pools it is configured with. */
      pools: (components['schemas']["Pool"])[];
      /** How it is connected. */
      network: components['schemas']["Network"];
      /** Seconds since it started. */
      uptime_secs?: number;
      /** What the device itself says is wrong. */
      faults: (components['schemas']["Fault"])[];
      /** What could not be read. */
      gaps: (components['schemas']["Gap"])[];
    };
    /** A program and its version. */
    Software: {
      /** Its name. */
      name?: string;
      /** Its version as it writes it. */
      version?: string;
      /** How sure the two are; absent where the program says them itself, by a known way. */
      confidence?: components['schemas']["Confidence"];
    };
    /** How sure something is. */
    Confidence: ("low" | "medium" | "high");
    /** One coin key of a pool. A key is a name that the operator chose, no ticker; several keys may mine one coin. */
    Coin: {
      /** The key, verbatim. */
      key: string;
      /** The ticker of the coin, where the pool tells. */
      coin?: string;
      /** What is hashed. */
      algorithm?: components['schemas']["Algorithm"];
      /** What the pool itself says about its state, verbatim. */
      status?: string;
      /** Averages over named windows, shortest first. */
      windows_hps?: Record<string, number>;
      /** Whether `windows_hps` was computed from shares. */
      estimated?: boolean;
      /** Workers that are connected now. */
      active_workers?: number;
      /** What was submitted. */
      shares?: components['schemas']["Shares"];
      /** `false` where the pool has miners and is known not to count their shares under this key. */
      counted?: boolean;
      /** What was found. */
      blocks?: components['schemas']["Blocks"];
      /** The best share. */
      best_share?: components['schemas']["BestShare"];
      /** How it stands in its network. */
      network?: components['schemas']["NetworkShare"];
      /** The workers, the active ones first. */
      workers: (components['schemas']["Worker"])[];
      /** Whether there are more workers than `workers` has. */
      workers_truncated: boolean;
    };
    /** Shares of a coin key. */
    Shares: {
      /** Accepted. */
      accepted?: number;
      /** Rejected, without the stale ones where the pool tells them apart. */
      rejected?: number;
      /** Too late. */
      stale?: number;
      /** From when on. */
      scope: components['schemas']["Scope"];
      /** How far they look back, where the pool counts over a window and says how long it is. */
      window_secs?: number;
    };
    /** From when on a figure counts. */
    Scope: ("lifetime" | "retention" | "since_start" | "session");
    /** Blocks of a coin key. */
    Blocks: {
      /** How many. */
      count?: number;
      /** From when on. */
      scope: components['schemas']["Scope"];
      /** The height of the last one. */
      last_height?: number;
      /** The hash of the last one. */
      last_hash?: string;
      /** When the last one was found. */
      last_found_at?: string;
    };
    /** The best share of a coin key. */
    BestShare: {
      /** Its difficulty, in the scale of the pool. */
      difficulty: number;
      /** From when on. Within the retention time it can go down. */
      scope: components['schemas']["Scope"];
    };
    /** How a coin key stands in its network. */
    NetworkShare: {
      /** The difficulty of a block, in the scale of the pool. */
      difficulty?: number;
      /** The share of the pool in the hashrate of the network. */
      share_percent?: number;
    };
    /** Whoever submits shares under one name. */
    Worker: {
      /** The name, verbatim: mostly a wallet address, a dot and the name of a device. */
      name: string;
      /** Whether it is connected. */
      active?: boolean;
      /** The connections that use the name. */
      sessions?: number;
      /** What the device calls itself. */
      user_agent?: string;
      /** What the pool credits it with, in hashes per second. */
      current_hps?: number;
      /** Whether `current_hps` was computed from shares. */
      estimated?: boolean;
      /** Shares accepted. */
      accepted?: number;
      /** Shares rejected. */
      rejected?: number;
      /** Shares that came too late. */
      stale?: number;
      /** The difficulty of its shares now. */
      difficulty?: number;
      /** Its best share. */
      best_difficulty?: number;
      /** Blocks it found. */
      blocks_found?: number;
      /** When it connected, the latest of its connections. */
      connected_at?: string;
      /** When its last share came. */
      last_seen_at?: string;
      /** Where it connects from: an IP address without the port, where all its connections come from one. */
      address?: string;
    };
    /** What a pool said about itself. Whatever it did not report is absent. */
    PoolSnapshot: {
      /** The program. */
      software: components['schemas']["Software"];
      /** Seconds since it started. */
      uptime_secs?: number;
      /** One entry for each coin key, in the order of the keys. */
      coins: (components['schemas']["Coin"])[];
      /** Answers that the operator asked for by path, as they came, by the name given to them. Never sent to a cloud. */
      extra?: Record<string, unknown>;
      /** What could not be read. */
      gaps: (components['schemas']["Gap"])[];
    };
    /** One server. */
    Server: {
      /** Its id, stable through a rename. */
      id: string;
      /** Its name. */
      name?: string;
      /** Where whoever told reaches it: a host name or an IP address. */
      address?: string;
      /** Whether whoever told could reach it. */
      reachable?: boolean;
      /** The operating system: `Debian 12`. */
      os?: string;
      /** The version of the kernel. */
      kernel?: string;
      /** The architecture: `x86_64`, `aarch64`. */
      architecture?: string;
      /** Seconds since it started. */
      uptime_secs?: number;
      /** How busy all its processors are together, since the reading before. */
      cpu_percent?: number;
      /** How many logical processors it has. */
      cpus?: number;
      /** Load averages over 1, 5 and 15 minutes. */
      load?: (number)[];
      /** Main memory; used is what cannot be given to a new program without swapping. */
      memory?: components['schemas']["Usage"];
      /** Swap space. */
      swap?: components['schemas']["Usage"];
      /** One entry for each volume. */
      disks?: (components['schemas']["Disk"])[];
      /** One entry for each sensor. */
      temperatures?: (components['schemas']["NamedTemperature"])[];
      /** Whether an update waits for a restart. */
      reboot_required?: boolean;
      /** The containers on it, by name. */
      containers?: (components['schemas']["Container"])[];
      /** The products that a manager keeps on it. */
      products?: (components['schemas']["Product"])[];
      /** How old the oldest figure in it is, in seconds before the observation, where it is kept from an earlier one because it is asked */
      age_secs?: number;
    };
    /** How much of something is used. */
    Usage: {
      /** In use, in bytes. */
      used_bytes: number;
      /** In all, in bytes. */
      total_bytes: number;
    };
    /** A volume. */
    Disk: {
      /** Where it is mounted. */
      mount: string;
      /** In use, in bytes. */
      used_bytes: number;
      /** In all, in bytes. */
      total_bytes: number;
      /** The file system. */
      file_system?: string;
    };
    /** A temperature with the name that the server gives its sensor. */
    NamedTemperature: {
      /** The name of the sensor. */
      name: string;
      /** In degrees Celsius. */
      celsius: number;
      /** From where on the sensor itself calls it critical. */
      critical_celsius?: number;
    };
    /** A container. */
    Container: {
      /** Its name. */
      name: string;
      /** The image it was made from. */
      image?: string;
      /** The version of what is in it. */
      version?: string;
      /** What it does. */
      state: components['schemas']["ContainerState"];
      /** What its own check says. */
      health?: components['schemas']["ContainerHealth"];
      /** When it started. */
      started_at?: string;
      /** Seconds since it started, where that is told in place of when. */
      uptime_secs?: number;
      /** How often it was restarted because it ended. */
      restarts?: number;
      /** Which known program is in it: `gss`, `gssm`, `mim`, `postgres`, a node. */
      product?: string;
      /** Whether there is a newer version. */
      update?: components['schemas']["Update"];
      /** How old this is, in seconds before the observation, where it is kept from an earlier one. Absent: told in this observation. */
      age_secs?: number;
    };
    /** What a container does. */
    ContainerState: ("running" | "exited" | "restarting" | "paused" | "created" | "dead" | "removing" | "unknown");
    /** What the check of a container says. */
    ContainerHealth: ("healthy" | "unhealthy" | "starting");
    /** Whether there is a newer version of something. */
    Update: ("none" | "available" | "critical" | "unknown");
    /** A program that a manager keeps on a server. */
    Product: {
      /** The key or name that the manager gives it. */
      key: string;
      /** What the manager says about it, verbatim: `installed`, `updating`. */
      status?: string;
      /** The version that is there. */
      installed_version?: string;
      /** The newest version. */
      latest_version?: string;
      /** Whether there is a newer one. */
      update?: components['schemas']["Update"];
      /** How old this is, in seconds before the observation, where it is kept from an earlier one. Absent: told in this observation. */
      age_secs?: number;
    };
    /** What is known of one or several servers. Whatever was not reported is absent. */
    InfrastructureSnapshot: {
      /** The program that told. */
      software: components['schemas']["Software"];
      /** The servers. */
      servers: (components['schemas']["Server"])[];
      /** Answers that the operator asked for by path and that have no known shape, without what looks like a secret, by the name given to */
      extra?: Record<string, unknown>;
      /** What could not be read. */
      gaps: (components['schemas']["Gap"])[];
    };
    /** The table: every source as one flat row. */
    TableRows: {
      /** Sorted by id. */
      rows: (components['schemas']["Row"])[];
      /** The number of the delta that the rows are up to; the stream goes on after it with `?view=table&seq=`. */
      seq: number;
      /** When this was written. */
      generated_at: string;
    };
    /** One source in the table. What is not known is left out. */
    Row: {
      /** The id of the source. */
      id: string;
      /** What people call it. */
      name: string;
      /** The kind configured or, with `auto`, found. */
      kind: components['schemas']["SourceKind"];
      /** Where it is asked. */
      address: string;
      /** The place it stands in. */
      group?: string;
      /** Free labels. */
      tags: (string)[];
      /** What it is: as its snapshot says or its kind does; absent for an `auto` that was never read. */
      snapshot_kind?: components['schemas']["SnapshotKind"];
      /** What it does, in one word. */
      state: components['schemas']["State"];
      /** Whether it can be observed. */
      health: components['schemas']["Health"];
      /** Why the last attempt failed. */
      reason?: components['schemas']["FailureReason"];
      /** In words: why the last attempt failed, or else the worst finding. */
      detail?: string;
      /** Since when `state` holds. */
      since?: string;
      /** When the last attempt ended. */
      observed_at?: string;
      /** When the figures were read. */
      snapshot_at?: string;
      /** The time between two attempts at the moment; what is older than three of them is not live. */
      interval_secs: number;
      /** Who makes it. */
      make?: string;
      /** The model. */
      model?: string;
      /** The name of the firmware, or of the program of a pool or server. */
      firmware?: string;
      /** Its version. */
      firmware_version?: string;
      /** The host name. */
      hostname?: string;
      /** The hardware address. */
      mac?: string;
      /** The serial number. */
      serial?: string;
      /** The device's own idea of its IP address. */
      ip?: string;
      /** What it hashes. */
      algorithm?: string;
      /** Hashrate now. */
      current_hps?: number;
      /** Its long or lifetime average. */
      average_hps?: number;
      /** What it should do at its settings. */
      expected_hps?: number;
      /** Hashrate now in percent of the expected one. */
      expected_percent?: number;
      /** Power. */
      watts?: number;
      /** Power over hashrate. */
      efficiency_joules_per_terahash?: number;
      /** The hottest chip; of a device that reports none, its hottest other sensor. */
      hottest_celsius?: number;
      /** Which sensor that is. */
      hottest_sensor?: components['schemas']["Sensor"];
      /** From where on a chip is warm; there when `hottest_sensor` is a chip. */
      warning_celsius?: number;
      /** From where on a chip is too hot; there when `hottest_sensor` is a chip. */
      critical_celsius?: number;
      /** The slowest fan. */
      fan_rpm?: number;
      /** The highest speed asked for of a fan. */
      fan_percent?: number;
      /** Shares accepted since the device started. */
      accepted?: number;
      /** Shares rejected since the device started. */
      rejected?: number;
      /** Rejected shares in percent of those that were answered. */
      reject_percent?: number;
      /** The best share ever. */
      best_difficulty?: number;
      /** The best share since the device started. */
      best_session_difficulty?: number;
      /** Seconds since it started. */
      uptime_secs?: number;
      /** Host and port of the pool that gets the work. */
      pool?: string;
      /** What that pool is there for. */
      pool_role?: components['schemas']["PoolRole"];
      /** The user or worker name there. */
      user?: string;
      /** Wi-Fi signal strength. */
      rssi_dbm?: number;
      /** Blocks found. */
      blocks_found?: number;
      /** What it is connected with. */
      links?: (components['schemas']["Link"])[];
      /** What the agent noticed by comparing with the reading before. */
      marks?: (components['schemas']["MarkKind"])[];
      /** The last 24 hours. Sent anew when a half hour begins, and with the first points. */
      spark?: components['schemas']["Spark"];
    };
    /** What a source is. */
    SnapshotKind: ("miner" | "pool" | "infrastructure");
    /** Slot and percent of each known half hour of the last 24 hours: slot 0 to 47 with 47 the current half hour; percent of the expected hashrate, or of the highest half hour when nothing is expected; 255 is all above */
    Spark: ([number, number])[];
    /** A day of the fleet. */
    FleetHistory: {
      /** What it is. */
      metric: components['schemas']["Metric"];
      /** Whose: miners of this algorithm. Absent: all miners. */
      algorithm?: string;
      /** How many miners these are. */
      miners: number;
      /** The time between two points, of which there are at most 720. */
      step_secs: number;
      /** Unix milliseconds and the sum (of `chip_celsius`: the highest) over the miners whose value was known then, oldest first. A value */
      points: ([number, number])[];
      /** With `current_hps`: what is expected at present of the miners that had been seen by then. */
      expected?: ([number, number])[];
    };
    /** A figure that is kept. */
    Metric: ("current_hps" | "watts" | "chip_celsius" | "accepted" | "rejected");
    /** One metric of one source over time. */
    Series: {
      /** What it is. */
      metric: components['schemas']["Metric"];
      /** The time between two points. */
      step_secs: number;
      /** Unix milliseconds and value, oldest first; missing points are left out. */
      points: ([number, number])[];
    };
    /** Totals over all sources. */
    Summary: {
      /** All sources, disabled ones included. */
      sources: number;
      /** How many of each health. */
      by_health: Record<string, number>;
      /** How many of each state. */
      by_state: Record<string, number>;
      /** How many of each kind. */
      by_kind: Record<string, number>;
      /** Mining devices, and what is not known yet. */
      miners: components['schemas']["Count"];
      /** Pools. */
      pools: components['schemas']["Count"];
      /** Servers. */
      infrastructure: components['schemas']["Count"];
      /** Hashrate by algorithm. */
      hashing: Record<string, components['schemas']["HashingTotal"]>;
      /** Power of all that report it, in watts. */
      watts?: number;
      /** How many miners that are on do not report their power. */
      without_watts: number;
      /** Shares of all miners since each of them started. */
      shares: components['schemas']["ShareTotal"];
      /** The hottest chip of the fleet. */
      hottest_chip?: components['schemas']["HottestChip"];
      /** Faults that devices report themselves. */
      faults: number;
    };
    /** Sources of one sort. */
    Count: {
      /** All of them, disabled ones included. */
      total: number;
      /** How many are in a state that asks for attention: `hot`, `not_hashing`, `offline`, `auth`, `degraded` or `stale`. */
      attention: number;
      /** How many of each state. */
      by_state: Record<string, number>;
    };
    /** Hashrate of one algorithm. */
    HashingTotal: {
      /** Miners of this algorithm. */
      miners: number;
      /** The sum of what they do now, in hashes per second. */
      current_hps: number;
      /** The sum of what they should do. */
      expected_hps: number;
      /** Power over hashrate of those that report both. */
      efficiency_joules_per_terahash?: number;
    };
    /** Shares of many miners. */
    ShareTotal: {
      /** Accepted. */
      accepted: number;
      /** Rejected. */
      rejected: number;
      /** Accepted in percent of those that were answered. */
      accepted_percent?: number;
    };
    /** A chip and whose it is. */
    HottestChip: {
      /** Its temperature in degrees Celsius. */
      celsius: number;
      /** The source. */
      source_id: string;
    };
    /** Everything that needs attention now. */
    Issues: {
      /** Worst first, then oldest first. */
      issues: (components['schemas']["Issue"])[];
    };
    /** One thing that needs attention, at one source or at several of a group. */
    Issue: {
      /** The same as long as the issue lasts. */
      id: string;
      /** What it is. */
      code: components['schemas']["IssueCode"];
      /** How bad it is. */
      severity: components['schemas']["Severity"];
      /** In a few words. */
      title: string;
      /** With its figures. */
      detail: string;
      /** Since when. */
      since: string;
      /** The sources concerned. */
      source_ids: (string)[];
      /** The group, for an issue of several sources. */
      group?: string;
    };
    /** What can need attention. */
    IssueCode: ("offline" | "auth" | "hot" | "warm" | "not_hashing" | "low_hashrate" | "high_rejects" | "on_fallback_pool" | "power_fault" | "fault" | "frozen" | "impossible" | "unsupported" | "not_earning" | "incomplete" | "coin_trouble" | "not_counted" | "server_unreachable" | "disk_full" | "memory_full" | "container_trouble" | "update_available" | "reboot_required" | "flapping");
    /** What changed in the table at once. */
    Delta: {
      /** One more than that of the delta before. If it is not, fetch the table again. */
      seq: number;
      /** What changed. */
      items: (components['schemas']["RowChange"])[];
      /** The sources that are no more. */
      removed: (string)[];
    };
    /** The id, the fields that are new or others, and the names of those that are gone */
    RowChange: {
      /** The id of the source. */
      id: string;
      /** What people call it. */
      name?: string;
      /** The kind configured or, with `auto`, found. */
      kind?: components['schemas']["SourceKind"];
      /** Where it is asked. */
      address?: string;
      /** The place it stands in. */
      group?: string;
      /** Free labels. */
      tags?: (string)[];
      /** What it is: as its snapshot says or its kind does; absent for an `auto` that was never read. */
      snapshot_kind?: components['schemas']["SnapshotKind"];
      /** What it does, in one word. */
      state?: components['schemas']["State"];
      /** Whether it can be observed. */
      health?: components['schemas']["Health"];
      /** Why the last attempt failed. */
      reason?: components['schemas']["FailureReason"];
      /** In words: why the last attempt failed, or else the worst finding. */
      detail?: string;
      /** Since when `state` holds. */
      since?: string;
      /** When the last attempt ended. */
      observed_at?: string;
      /** When the figures were read. */
      snapshot_at?: string;
      /** The time between two attempts at the moment; what is older than three of them is not live. */
      interval_secs?: number;
      /** Who makes it. */
      make?: string;
      /** The model. */
      model?: string;
      /** The name of the firmware, or of the program of a pool or server. */
      firmware?: string;
      /** Its version. */
      firmware_version?: string;
      /** The host name. */
      hostname?: string;
      /** The hardware address. */
      mac?: string;
      /** The serial number. */
      serial?: string;
      /** The device's own idea of its IP address. */
      ip?: string;
      /** What it hashes. */
      algorithm?: string;
      /** Hashrate now. */
      current_hps?: number;
      /** Its long or lifetime average. */
      average_hps?: number;
      /** What it should do at its settings. */
      expected_hps?: number;
      /** Hashrate now in percent of the expected one. */
      expected_percent?: number;
      /** Power. */
      watts?: number;
      /** Power over hashrate. */
      efficiency_joules_per_terahash?: number;
      /** The hottest chip; of a device that reports none, its hottest other sensor. */
      hottest_celsius?: number;
      /** Which sensor that is. */
      hottest_sensor?: components['schemas']["Sensor"];
      /** From where on a chip is warm; there when `hottest_sensor` is a chip. */
      warning_celsius?: number;
      /** From where on a chip is too hot; there when `hottest_sensor` is a chip. */
      critical_celsius?: number;
      /** The slowest fan. */
      fan_rpm?: number;
      /** The highest speed asked for of a fan. */
      fan_percent?: number;
      /** Shares accepted since the device started. */
      accepted?: number;
      /** Shares rejected since the device started. */
      rejected?: number;
      /** Rejected shares in percent of those that were answered. */
      reject_percent?: number;
      /** The best share ever. */
      best_difficulty?: number;
      /** The best share since the device started. */
      best_session_difficulty?: number;
      /** Seconds since it started. */
      uptime_secs?: number;
      /** Host and port of the pool that gets the work. */
      pool?: string;
      /** What that pool is there for. */
      pool_role?: components['schemas']["PoolRole"];
      /** The user or worker name there. */
      user?: string;
      /** Wi-Fi signal strength. */
      rssi_dbm?: number;
      /** Blocks found. */
      blocks_found?: number;
      /** What it is connected with. */
      links?: (components['schemas']["Link"])[];
      /** What the agent noticed by comparing with the reading before. */
      marks?: (components['schemas']["MarkKind"])[];
      /** The last 24 hours. Sent anew when a half hour begins, and with the first points. */
      spark?: components['schemas']["Spark"];
      gone?: (string)[];
    };
    /** The event `config`. */
    ConfigChange: {
      /** Of the configuration that is in force, without quotes. */
      etag: string;
    };
    /** One thing that happened. */
    Entry: {
      /** Counts up from 1 since the agent started. */
      seq: number;
      /** When. */
      at: string;
      /** What it is about. */
      kind: components['schemas']["EntryKind"];
      /** The source concerned. */
      source_id?: string;
      /** In words. */
      text: string;
      /** The event that another program reported, in an entry of kind `hook`. */
      hook?: components['schemas']["HookEvent"];
    };
    /** What an entry is about. */
    EntryKind: ("state" | "config" | "access" | "agent" | "hook" | "uplink");
    /** An event that another program reported by webhook. Texts are its own words, cleaned and cut. */
    HookEvent: {
      /** The hook that it came by, as the configuration names it. */
      name: string;
      /** Who speaks; absent where the form is neither's. */
      product?: components['schemas']["HookProduct"];
      /** What happened: `block_found` `block_matured` `block_orphaned` `payment_pending` `payment_complete` `payment_failed` `node_offline` */
      event: string;
      /** How much it matters: as the sender says, else by what happened. */
      severity: components['schemas']["Severity"];
      /** What happened, in one line. */
      title: string;
      /** More about it. */
      detail?: string;
      /** What it happened to: a miner, a pool or a node, as the sender calls it. */
      entity?: string;
      /** When it happened, as the sender says; else when it was told. */
      at: string;
      /** In place of so many events of this kind that came too fast to be kept one by one. */
      more?: number;
    };
    /** The program that sends an event, told by the form of what it sends. */
    HookProduct: ("gss" | "gssm");
    /** The event `reset`. */
    Reset: Record<string, unknown>;
    /** Every link to a receiver. */
    Uplinks: {
      /** In the order of the configuration. */
      uplinks: (components['schemas']["Uplink"])[];
    };
    /** A link to a receiver. */
    Uplink: {
      /** Its name. */
      id: string;
      /** `off` `connecting` `on` `catching_up` `trouble` `rejected`. */
      state: string;
      /** Where it leads. */
      endpoint: string;
      /** How it travels: `websocket` or `post`; absent while it is off. */
      carrier?: string;
      /** Since when it is connected. */
      connected_since?: string;
      /** What the receiver calls this agent. */
      agent?: string;
      /** The program of the receiver. */
      server?: string;
      /** What became of what was made. */
      ledger?: components['schemas']["Ledger"];
      /** How old the oldest item is that the receiver is not known to have, in seconds; absent if it has everything. */
      oldest_unsent_secs?: number;
      /** What is wrong now, in words, with what to do. */
      last_error?: string;
      /** Since when. */
      last_error_at?: string;
      /** What to know although it works. */
      notes?: (string)[];
      /** When it is tried again. */
      next_attempt_at?: string;
      /** When something was sent last. */
      last_sent_at?: string;
      /** When the receiver said last that something is stored. */
      last_acknowledged_at?: string;
      /** How far the receiver's clock is before ours, in milliseconds. */
      clock_offset_ms?: number;
      /** How long the receiver took to acknowledge the last batch, in milliseconds. */
      ack_delay_ms?: number;
      /** How often a connection or an attempt ended, by reason. */
      endings?: Record<string, number>;
      /** The last attempts to connect, the newest first. */
      attempts?: (components['schemas']["Attempt"])[];
      /** What was sent in the last days (UTC), all bytes of the connections, the newest last. */
      sent_by_day?: (components['schemas']["Day"])[];
    };
    /** What became of what was made: `produced` is `queued` and `acknowledged` and `thinned` and `lost` and `refused`. */
    Ledger: {
      /** Everything that got a number. */
      produced: components['schemas']["Amount"];
      /** Kept, and not known to be stored. */
      queued: components['schemas']["Amount"];
      /** Sent, what was sent again counted again; bytes as they travelled, packed. */
      sent: components['schemas']["Amount"];
      /** Stored by the receiver. */
      acknowledged: components['schemas']["Amount"];
      /** Readings left out so that others could be kept. */
      thinned: components['schemas']["Amount"];
      /** Gone since the memory was full. */
      lost: components['schemas']["Amount"];
      /** Not taken by the receiver. */
      refused: components['schemas']["Amount"];
    };
    /** Items, and their bytes as JSON. */
    Amount: {
      /** How many. */
      items: number;
      /** How many bytes. */
      bytes: number;
    };
    /** An attempt to connect, and what became of it. */
    Attempt: {
      /** When it began. */
      at: string;
      /** `websocket` or `post`. */
      carrier: string;
      /** How long it took until the receiver said welcome; absent if it did not. */
      welcomed_after_ms?: number;
      /** How long after its begin it ended; absent if it has not. */
      ended_after_ms?: number;
      /** Why it ended, in one word. */
      reason?: string;
      /** The same in words, with what to do. */
      text?: string;
    };
    /** Bytes of a day. */
    Day: {
      /** When it began. */
      at: string;
      /** How many bytes were sent, TLS and frames included. */
      bytes: number;
    };
    /** What happened, oldest first. */
    Journal: {
      /** The entries that fit. */
      entries: (components['schemas']["Entry"])[];
    };
    /** A message as it would leave: the first of a connection that tells of a source. What follows are differences from it. */
    Preview: {
      /** What to know about this preview. */
      note: string;
      /** How it would travel: `websocket` or `post`. */
      carrier: string;
      /** Where to; absent without an uplink. */
      url?: string;
      /** The headers, without secrets. */
      headers: Record<string, string>;
      /** The message as JSON; above 1 KiB it travels packed by gzip. */
      message: unknown;
    };
    /** What came of trying a receiver. */
    UplinkTrial: {
      /** Whether a link as it is written would work. */
      works: boolean;
      /** In words, with what to do if it does not. */
      text: string;
      /** Why it does not, in one word, as in `endings` of a link. */
      reason?: string;
      /** How it was tried last: `websocket` or `post`. */
      carrier: string;
      /** What was asked for. */
      url: string;
      /** How long it took. */
      took_ms: number;
      /** What the receiver calls this agent, if it was asked. */
      agent?: string;
      /** The program of the receiver. */
      server?: string;
      /** How far the receiver's clock is before ours, in milliseconds. */
      clock_offset_ms?: number;
    };
    /** What is wrong with a configuration. */
    Checked: {
      /** Errors and warnings; empty if all is well. */
      problems: (components['schemas']["ConfigProblem"])[];
    };
    /** One thing that is wrong with a configuration. */
    ConfigProblem: {
      /** The key, such as `sources[3].address`; empty for the configuration as a whole. */
      path: string;
      /** What is wrong, for a person: it follows the path in a sentence. Never a secret. */
      message: string;
      /** Whether it must be repaired. */
      level: components['schemas']["Level"];
    };
    /** How bad a [`Problem`] is. */
    Level: ("error" | "warning");
    /** How the configuration is doing. */
    ConfigStatus: {
      /** How the file was found. */
      file: components['schemas']["FileState"];
      /** What is wrong with the file as it is now. With errors in it, what was in force before stays in force. */
      problems: (components['schemas']["ConfigProblem"])[];
      /** The paths that the environment or the command line sets; a save does not change them. */
      locked: (string)[];
      /** The same, with what sets them and the values in force. */
      overrides: (components['schemas']["Override"])[];
    };
    /** How the file was found. */
    FileState: ({
      state: "missing";
    } | {
      state: "good";
    } | {
      state: "broken";
      /** What is wrong. */
      message: string;
      /** Where, from 1. */
      line: number;
      /** Where in the line, from 1; 0 is before its first character. */
      column: number;
    } | {
      state: "unreadable";
      /** Why. */
      message: string;
    });
    /** A value that the environment or the command line sets. */
    Override: {
      /** The key, such as `server.listen`. */
      path: string;
      /** By what, in words: ``set by `GSSA_SERVER__LISTEN` ``. */
      by: string;
      /** The value in force, a secret masked. */
      value: unknown;
    };
    /** The configurations that are kept. */
    Versions: {
      /** Newest first. */
      versions: (components['schemas']["ConfigVersion"])[];
    };
    /** A configuration that was replaced. */
    ConfigVersion: {
      /** What it is asked for by. */
      id: string;
      /** When it was replaced. */
      saved_at: string;
      /** Its size. */
      bytes: number;
    };
    /** What a configuration means, in the shape of our own. */
    Imported: {
      /** Sources as in `config.json`, without ids. */
      sources: (unknown)[];
      /** Limits by kind, as in `config.json`. */
      limits: Record<string, unknown>;
      /** Schedules by kind, as in `config.json`; only what somebody chose. */
      kinds: Record<string, unknown>;
      /** What was not taken over, or not as it was. */
      not_taken: (components['schemas']["NotTaken"])[];
    };
    /** Something that was not taken over, or not as it was. */
    NotTaken: {
      /** Where it is in the file, such as `miners[3].address`; of what was taken and cannot be used yet, where it is in `sources`. */
      path: string;
      /** Why, for people. Never the value. */
      why: string;
    };
    /** What is found at an address. */
    ProbeReport: {
      /** What speaks there; absent if nothing that is known. */
      kind?: components['schemas']["SourceKind"];
      /** What it is. */
      identity?: components['schemas']["Identity"];
      /** What it says, or why it could not be read. */
      reading: components['schemas']["Reading"];
      /** What was done, in order, up to the step that failed. */
      steps: (components['schemas']["Step"])[];
    };
    /** One step of a probe. */
    Step: {
      /** Which. */
      step: components['schemas']["StepName"];
      /** How long it took. */
      took_ms: number;
      /** What came of it, in words. */
      detail: string;
      /** Why it failed; absent if it did not. */
      reason?: components['schemas']["FailureReason"];
    };
    /** What a probe does, in order. */
    StepName: ("resolve" | "connect" | "read");
    /** A token that was made and is kept nowhere. */
    NewToken: {
      /** What its holder shows. It is not shown again. */
      token: string;
      /** What goes into the configuration: `hash` of an API token or a hook. */
      hash: string;
    };
    /** What can be searched, and what was. */
    Overview: {
      /** The networks of this machine: what is searched when no range is named. */
      own: (components['schemas']["OwnRange"])[];
      /** The ports that are asked when none are named. */
      ports: (number)[];
      /** What to know about this machine's networks, for people. */
      notes: (string)[];
      /** The searches that are kept, the latest first. */
      searches: (components['schemas']["Progress"])[];
    };
    /** A network of this machine, for people. */
    OwnRange: {
      /** In CIDR form. */
      range: string;
      /** The interface that leads to it. */
      interface: string;
      /** How many hosts can be in it. */
      addresses: number;
    };
    /** A search. */
    Progress: {
      /** Its name. */
      id: string;
      /** How far it is. */
      state: components['schemas']["Stage"];
      /** Where it searches, as it was asked for. */
      range: string;
      /** At which ports. */
      ports: (number)[];
      /** How many addresses there are; those that announced themselves are added to them. */
      total: number;
      /** How many of them were asked. */
      done: number;
      /** How many answers came. */
      found: number;
      /** When it began. */
      started_at: string;
      /** When it ended. */
      ended_at?: string;
      /** What to know about it, for people. */
      notes: (string)[];
    };
    /** How far a search is. */
    Stage: ("running" | "done" | "stopped" | "failed");
    /** A search and what it found. */
    Report: {
      /** Its name. */
      id: string;
      /** How far it is. */
      state: components['schemas']["Stage"];
      /** Where it searches, as it was asked for. */
      range: string;
      /** At which ports. */
      ports: (number)[];
      /** How many addresses there are; those that announced themselves are added to them. */
      total: number;
      /** How many of them were asked. */
      done: number;
      /** How many answers came. */
      found: number;
      /** When it began. */
      started_at: string;
      /** When it ended. */
      ended_at?: string;
      /** What to know about it, for people. */
      notes: (string)[];
      /** What answers, by status and address. What a finding means is judged anew at each look. */
      results: (components['schemas']["Finding"])[];
    };
    /** Something that answers. */
    Finding: {
      /** What is to be done about it. */
      status: components['schemas']["FindingStatus"];
      /** As the address of a source; without the port where it is the standard one of the kind. */
      address: string;
      /** Where it answers. */
      ip: string;
      /** At which port. */
      port: number;
      /** What speaks there. */
      kind?: components['schemas']["SourceKind"];
      /** What it says that it is. */
      identity?: components['schemas']["Identity"];
      /** Its hashrate now. */
      current_hps?: number;
      /** What it hashes. */
      algorithm?: components['schemas']["Algorithm"];
      /** The source that it is. */
      source_id?: string;
      /** Whether that source is configured at another address: the same device has moved. */
      moved?: boolean;
      /** The name under which it announced itself by multicast DNS during the search. */
      announced?: string;
      /** What else there is to say, for people. */
      why?: string;
    };
    /** What is to be done about a finding. */
    FindingStatus: ("new" | "known" | "needs_password" | "unknown" | "ignored");
    /** Who calls, and what it takes to do more. */
    Caller: {
      /** What the site is called. */
      agent_name: string;
      /** How somebody becomes admin here. */
      login: components['schemas']["LoginBy"];
      /** Who this is. */
      who: string;
      /** The name of the token. */
      token?: string;
      /** What this caller may do; absent if nothing but log in. */
      scope?: components['schemas']["CallerScope"];
      /** What is wrong with the configuration file, if it cannot be read: the reason why nobody can log in may be in it. */
      file?: components['schemas']["FileState"];
    };
    /** How somebody becomes admin. */
    LoginBy: ("not_needed" | "password" | "setup" | "impossible");
    /** What a caller may do. */
    CallerScope: ("read" | "admin");
    /** A problem document. */
    Problem: {
      /** What it is, for programs: `about:blank#unknown-source`. */
      type: string;
      /** What it is, for people. */
      title: string;
      /** The HTTP status. */
      status: number;
      /** This occurrence, for people. */
      detail: string;
      /** What is wrong with a configuration. */
      problems?: (components['schemas']["ConfigProblem"])[];
      /** Where a file is broken. */
      line?: number;
      /** Where a file is broken. */
      column?: number;
    };
    /** What to try: one of the two. */
    UplinkTest: {
      /** A saved link, with the token that is kept. */
      id?: string;
      /** A link as it is written in the configuration, saved or not; `********` stands for the token of the saved link of the same id. */
      uplink?: unknown;
    };
    /** What to ask: one of the two. */
    Probe: {
      /** A host, `host:port` or a URL. It is asked without credentials. */
      address?: string;
      /** A source as it is written in the configuration, saved or not. It is asked as it would be polled; `********` stands for the secret */
      source?: unknown;
    };
    /** What to search. */
    Search: {
      /** `192.168.1.0/24`, `192.168.1.10-192.168.1.60`, `192.168.1.10-60`, an address, `own`, or several of them divided by commas. */
      range?: string;
      /** Absent: 80 and 4028. */
      ports?: (number)[];
      /** Hosts that are asked at the same time. Absent: 64. */
      concurrency?: number;
      /** Whether addresses outside of the private network may be searched; loopback counts as outside. */
      force?: boolean;
    };
    /** What `GoSlimStratum` (`type`) or GSSM (`event_type`) sends. Nothing in it is required, and what is more is not an error. */
    Webhook: {
      /** The event, as GSSM calls it. */
      event_type?: string;
      /** The event, as `GoSlimStratum` calls it. */
      type?: string;
      /** What happened, for people; a prefix stands on a line of its own before it. */
      subject?: string;
      /** More about it. */
      message?: string;
      /** What it happened to. */
      entity?: string;
      /** `critical`, `warning` or `info`. */
      severity?: string;
      /** When. */
      timestamp?: string;
    };
    /** A login. */
    Login: {
      /** The admin's password. */
      password: string;
    };
    /** What the first set-up asks for. */
    Setup: {
      /** The one-time code of the agent's log. */
      code: string;
      /** The admin's password. */
      password: string;
      /** What the site is called. */
      name?: string;
      /** Its time zone, `Europe/Berlin`. */
      time_zone?: string;
    };
    /** A change of the password. */
    PasswordChange: {
      /** The one that counts now; left out when there is none. */
      current?: string;
      /** The one to come. */
      new: string;
    };
  };
}
