//! What tables there are, and how their columns are read and written as texts.

use crate::query::{execute, fetch};
use crate::{Conn, Error};
use sqlx::AssertSqlSafe;

/// A table with its columns, in their order.
#[derive(Debug)]
pub struct Table {
    pub name: String,
    columns: Vec<Column>,
    postgres: bool,
}

#[derive(Debug, Clone)]
struct Column {
    name: String,
    /// As its engine calls its type.
    kind: String,
}

/// All tables of an installation, without what the migrations keep for themselves.
pub async fn tables(conn: &mut Conn) -> Result<Vec<Table>, Error> {
    let postgres = matches!(conn, Conn::Postgres(_));
    let sql = if postgres {
        "select c.table_name::text, c.column_name::text, c.udt_name::text from information_schema.columns c
         join information_schema.tables t on t.table_schema = c.table_schema and t.table_name = c.table_name
         where c.table_schema = current_schema() and t.table_type = 'BASE TABLE' and c.table_name <> '_sqlx_migrations'
         order by c.table_name, c.ordinal_position"
    } else {
        "select m.name, c.name, lower(c.type) from sqlite_master m join pragma_table_info(m.name) c
         where m.type = 'table' and m.name <> '_sqlx_migrations' and m.name not like 'sqlite%'
         order by m.name, c.cid"
    };
    let mut tables: Vec<Table> = Vec::new();
    for (table, name, kind) in fetch!(fetch_all, (String, String, String), conn, sql)? {
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table, columns: Vec::new(), postgres });
        }
        if let Some(table) = tables.last_mut() {
            table.columns.push(Column { name, kind });
        }
    }
    Ok(tables)
}

impl Table {
    /// This table, with its columns in the order of another's.
    pub fn like(&self, other: &Self) -> Result<Self, Error> {
        let found = |name: &str| self.columns.iter().find(|column| column.name == name).cloned();
        let missing =
            |name: &str| Error::inconsistent("the catalogue", format!("{} has no {name}", self.name));
        let columns =
            other.columns.iter().map(|column| found(&column.name).ok_or_else(|| missing(&column.name)));
        let columns: Vec<Column> = columns.collect::<Result<_, _>>()?;
        if columns.len() != self.columns.len() {
            return Err(Error::inconsistent("the catalogue", format!("{} has further columns", self.name)));
        }
        Ok(Self { name: self.name.clone(), columns, postgres: self.postgres })
    }

    pub fn count(&self) -> String {
        format!("select count(*) from \"{}\"", self.name)
    }

    pub fn clear(&self) -> String {
        format!("delete from \"{}\"", self.name)
    }

    /// Reads a number and a row as text.
    pub fn read(&self, number: &str, rest: &str) -> String {
        let texts: Vec<String> = self.columns.iter().map(|column| column.to_text(self.postgres)).collect();
        let array = if self.postgres { "json_build_array" } else { "json_array" };
        let text = format!("{array}({})", texts.join(", "));
        let text = if self.postgres { format!("{text}::text") } else { text };
        format!("select {number}, {text} from \"{}\" {rest}", self.name)
    }

    /// Writes a JSON array of rows.
    pub fn write(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
        let values =
            self.columns.iter().enumerate().map(|(index, column)| column.of_text(index, self.postgres));
        let values: Vec<String> = values.collect();
        let rows =
            if self.postgres { "jsonb_array_elements($1::jsonb) as carried(value)" } else { "json_each($1)" };
        let (names, values) = (names.join(", "), values.join(", "));
        format!("insert into \"{}\" ({names}) select {values} from {rows}", self.name)
    }
}

impl Column {
    fn to_text(&self, postgres: bool) -> String {
        let name = format!("\"{}\"", self.name);
        match (self.kind.as_str(), postgres) {
            ("uuid", true) => format!("replace({name}::text, '-', '')"),
            ("bytea", true) => format!("encode({name}, 'hex')"),
            ("bool", true) => format!("{name}::int::text"),
            (_, true) => format!("{name}::text"),
            ("blob", false) => format!("case when {name} is null then null else lower(hex({name})) end"),
            (_, false) => format!("cast({name} as text)"),
        }
    }

    fn of_text(&self, index: usize, postgres: bool) -> String {
        match (self.kind.as_str(), postgres) {
            ("bytea", true) => format!("decode(value->>{index}, 'hex')"),
            ("bool", true) => format!("(value->>{index})::int::boolean"),
            (kind, true) => format!("(value->>{index})::{kind}"),
            ("blob", false) => format!("unhex(value->>{index})"),
            ("integer" | "boolean", false) => format!("cast(value->>{index} as integer)"),
            (_, false) => format!("value->>{index}"),
        }
    }
}

/// Changes when Postgres looks at what refers to what: at once, or in the end.
pub async fn alter_references(conn: &mut Conn, when: &str) -> Result<(), Error> {
    let sql = "select conrelid::regclass::text, conname::text from pg_constraint
               where contype = 'f' and connamespace = current_schema()::regnamespace order by 1, 2";
    for (table, name) in fetch!(fetch_all, (String, String), &mut *conn, sql)? {
        let alter = format!("alter table {table} alter constraint \"{name}\" {when}");
        execute!(&mut *conn, AssertSqlSafe(alter))?;
    }
    Ok(())
}
