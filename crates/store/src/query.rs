//! Runs one SQL text on whichever engine is behind a connection, with that engine's native types.

/// `fetch!(how, Row, conn, "select …", binds…)`, where `how` is `fetch_one`, `fetch_optional` or
/// `fetch_all` and `Row` implements `FromRow` for both engines.
macro_rules! fetch {
    ($how:ident, $row:ty, $conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::Conn::Sqlite(conn) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$how(&mut **conn).await
            }
            $crate::Conn::Postgres(conn) => {
                sqlx::query_as::<_, $row>($sql)$(.bind($bind))*.$how(&mut **conn).await
            }
        }
        .map_err($crate::Error::from)
    };
}

/// `execute!(conn, "insert …", binds…)` yields how many rows were touched.
macro_rules! execute {
    ($conn:expr, $sql:expr $(, $bind:expr)* $(,)?) => {
        match $conn {
            $crate::Conn::Sqlite(conn) => sqlx::query($sql)$(.bind($bind))*
                .execute(&mut **conn).await.map(|done| done.rows_affected()),
            $crate::Conn::Postgres(conn) => sqlx::query($sql)$(.bind($bind))*
                .execute(&mut **conn).await.map(|done| done.rows_affected()),
        }
        .map_err($crate::Error::from)
    };
}

/// `fetch_in!(Row, conn, "select … where id in (", ids, ") order by …")`; no id, no query. A value that stands before the
/// list is bound between two parts of the text: `[("select … where at <= ", now)] " and id in ("`.
macro_rules! fetch_in {
    ($row:ty, $conn:expr, $before:expr, $ids:expr, $after:expr) => {
        $crate::query::fetch_in!($row, $conn, [] $before, $ids, $after)
    };
    ($row:ty, $conn:expr, [$(($part:expr, $bind:expr)),*] $before:expr, $ids:expr, $after:expr) => {{
        let ids: Vec<_> = $ids;
        macro_rules! on {
            ($engine:ty, $engine_conn:expr) => {{
                let mut query = sqlx::QueryBuilder::<$engine>::new("");
                $(query.push($part).push_bind($bind);)*
                query.push($before);
                let mut list = query.separated(", ");
                for id in &ids {
                    list.push_bind(*id);
                }
                query.push($after);
                query.build_query_as::<$row>().fetch_all(&mut **$engine_conn).await
            }};
        }
        if ids.is_empty() {
            Ok(Vec::new())
        } else {
            match $conn {
                $crate::Conn::Sqlite(conn) => on!(sqlx::Sqlite, conn),
                $crate::Conn::Postgres(conn) => on!(sqlx::Postgres, conn),
            }
        }
        .map_err($crate::Error::from)
    }};
}

pub(crate) use {execute, fetch, fetch_in};
