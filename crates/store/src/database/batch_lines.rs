//! What came of the lines of batches, until it is in files of results.

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Database, DatabaseError};

/// What came of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchLine {
    /// From 1.
    pub line: i64,
    pub succeeded: bool,
    /// A line of a file of results.
    pub result: String,
}

impl Database {
    /// Writes down what came of lines, each once: a line that is there stays.
    /// False, and nothing done, if the batch is another's.
    pub async fn add_batch_lines(
        &self,
        id: &str,
        owner: &str,
        lines: &[BatchLine],
    ) -> Result<bool, DatabaseError> {
        // Nobody else takes or ends it until the lines are there.
        let hold = "UPDATE batches SET lease_owner = $1 WHERE id = $2 AND lease_owner = $1";
        let insert = "INSERT INTO batch_lines (batch_id, line, succeeded, result) \
                      VALUES ($1, $2, $3, $4) ON CONFLICT (batch_id, line) DO NOTHING";
        let count = "UPDATE batches SET completed = completed + $1, failed = failed + $2 \
                     WHERE id = $3";
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query(hold).bind(owner).bind(id);
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        let (mut completed, mut failed) = (0i64, 0i64);
        for line in lines {
            let query = sqlx::query(insert)
                .bind(id)
                .bind(line.line)
                .bind(i64::from(line.succeeded))
                .bind(&line.result);
            let new = query.execute(&mut *transaction).await?.rows_affected() as i64;
            *if line.succeeded {
                &mut completed
            } else {
                &mut failed
            } += new;
        }
        let query = sqlx::query(count).bind(completed).bind(failed).bind(id);
        query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// The numbers of the lines that are there.
    pub async fn batch_lines_done(&self, id: &str) -> Result<Vec<i64>, DatabaseError> {
        let select = "SELECT line FROM batch_lines WHERE batch_id = $1";
        let rows = sqlx::query(select).bind(id).fetch_all(&self.pool).await?;
        let numbers = rows.iter().map(|row| row.try_get("line"));
        Ok(numbers.collect::<Result<_, _>>()?)
    }

    /// Some lines behind line number `after`, in their order: as many as have `bytes` together,
    /// but one at least if there is any.
    pub async fn batch_lines(
        &self,
        id: &str,
        after: i64,
        bytes: i64,
    ) -> Result<Vec<BatchLine>, DatabaseError> {
        let measure = "SELECT line, CAST(OCTET_LENGTH(result) AS BIGINT) AS bytes \
                       FROM batch_lines WHERE batch_id = $1 AND line > $2 \
                       ORDER BY line LIMIT 256";
        let query = sqlx::query(measure).bind(id).bind(after);
        let (mut last, mut sum) = (after, 0);
        for row in query.fetch_all(&self.pool).await? {
            sum += row.try_get::<i64, _>("bytes")?;
            if sum > bytes && last > after {
                break;
            }
            last = row.try_get("line")?;
        }
        let select = "SELECT line, succeeded, result FROM batch_lines \
                      WHERE batch_id = $1 AND line > $2 AND line <= $3 ORDER BY line";
        let query = sqlx::query(select).bind(id).bind(after).bind(last);
        let rows = query.fetch_all(&self.pool).await?;
        let line = |row: &AnyRow| {
            Ok::<_, sqlx::Error>(BatchLine {
                line: row.try_get("line")?,
                succeeded: row.try_get::<i64, _>("succeeded")? != 0,
                result: row.try_get("result")?,
            })
        };
        Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
    }
}
